"""A loop of rounds, read from the files that the pipelines wrote."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from kedro.io import CatalogProtocol

from libra_emo.common.digests import digest_file, digest_json
from libra_emo.pipelines.active_learning.report import RoundReport
from libra_emo.tracking.current_files import CurrentFiles
from libra_emo.tracking.fine_tuning import FineTuning, read_fine_tuning
from libra_emo.tracking.metrics import Points, collect_curves, find_student_row, score_student
from libra_emo.tracking.parameters import flatten_parameters
from libra_emo.tracking.summary import describe_loop

# these distinguish loops; max_rounds does not, since more rounds go on with the same loop
LOOP_PARAMETERS = (
    "seed",
    "annotators",
    "person_meant",
    "student",
    "annotation",
    "bench",
    "voting",
    "active_learning",
    "training",
)
VERSIONS = ("data_version", "parser_version", "prompt_version")
POINTER_FILE = "pointer.json"


@dataclass(frozen=True)
class LoopKey:
    """What distinguishes a loop from others.

    Attributes:
        digest: Digest of the parameters that shape the loop, of its pool and of its bench.
        student: Kind of student.
        seed: Seed of everything random.
    """

    digest: str
    student: str
    seed: int

    def name_run(self, day: date, training: str | None = None) -> str:
        """Return the name of the loop's run, or of the run of one of its trainings.

        Args:
            day: Day on which the run is made.
            training: Name of the training, such as round_1; None for the loop itself.
        """
        loop = f"{self.student} seed {self.seed} {day.isoformat()} {self.digest[:4]}"
        return loop if training is None else f"{training} {loop}"


@dataclass(frozen=True)
class Training:
    """One training of a student.

    Attributes:
        name: Name of the training, such as `round_1` or `final`.
        metrics: Scores of the student on the bench, by their metrics' names.
        labels_path: File with the labels that it was trained on.
        labels_sha256: Digest of that file.
        fine_tuning: What the folder of a fine-tuned student says about its training.
    """

    name: str
    metrics: dict[str, float]
    labels_path: Path
    labels_sha256: str
    fine_tuning: FineTuning = field(default_factory=FineTuning)


@dataclass(frozen=True)
class Loop:
    """A loop as far as it has come.

    Attributes:
        key: What distinguishes it from other loops.
        parameters: Parameters that shape it, flat, as text, without secrets.
        points: Its curves: metric and round → value.
        description: Its rounds as a table in Markdown.
        trainings: One for each student that was trained, and not just passed on.
        reports: Files with results.
        scored: Whether a student or a voter has been scored.
        complete: Whether the last round is there.
        versions: What the numbers of the bench rest on: `data_version`, `parser_version`,
            `prompt_version` → version, several with commas.
    """

    key: LoopKey
    parameters: dict[str, str]
    points: Points
    description: str
    trainings: list[Training]
    reports: list[Path]
    scored: bool
    complete: bool
    versions: dict[str, str] = field(default_factory=dict)


def read_loop(
    parameters: dict[str, Any],
    catalog: CatalogProtocol[Any, Any],
    reports: Path,
    stale: Collection[Path] = (),
) -> Loop | None:
    """Return the loop that the files describe, or None before there is one.

    Args:
        parameters: All parameters, merged.
        catalog: Catalog that describes the files.
        reports: Folder with results, `data/08_reporting` of the project.
        stale: Files and folders that exist and are out of date, such as the rounds of another
            loop; they are left out.
    """
    files = CurrentFiles(catalog, frozenset(stale))
    key = _find_key(parameters, files)
    if key is None:
        return None
    numbers = range(int(parameters["max_rounds"]) + 1)
    rounds: dict[int, RoundReport] = {
        number: catalog.load(f"round_{number}.report")
        for number in numbers
        if files.has(f"round_{number}.report")
    }
    decisions = {
        number: catalog.load(f"round_{number}.decision")
        for number in rounds
        if files.has(f"round_{number}.decision")
    }
    points = collect_curves(rounds, files.read_table("label_quality"), decisions)
    annotators = rounds[min(rounds)].annotators if rounds else None
    found = files.list_reports(reports)
    return Loop(
        key=key,
        parameters=flatten_parameters(_choose_parameters(parameters)),
        points=points,
        description=describe_loop(points, annotators, found),
        trainings=_read_trainings(rounds, parameters, files, reports.parents[1]),
        reports=found,
        scored=bool(rounds) or files.has("bench_scores") or files.has("voter_scores"),
        complete=len(rounds) == len(numbers),
        versions=_read_versions(files),
    )


def _read_versions(files: CurrentFiles) -> dict[str, str]:
    table = files.read_table("bench_versions")
    if table is None:
        return {}
    found = {name: table[name].dropna().unique() for name in VERSIONS}
    return {name: ", ".join(map(str, values)) for name, values in found.items() if len(values)}


def identify_loop(parameters: dict[str, Any], catalog: CatalogProtocol[Any, Any]) -> LoopKey | None:
    """Return the key of the loop that these parameters and files make, if there is one."""
    return _find_key(parameters, CurrentFiles(catalog))


def _find_key(parameters: dict[str, Any], files: CurrentFiles) -> LoopKey | None:
    if not (files.has("pool") and files.has("bench_sample")):
        return None
    tables = [digest_file(files.path_of(name)) for name in ("pool", "bench_sample")]
    digest = digest_json([_choose_parameters(parameters), tables])
    return LoopKey(digest, str(parameters["student"]), int(parameters["seed"]))


def _choose_parameters(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: parameters[name] for name in LOOP_PARAMETERS if name in parameters}


def _read_trainings(
    rounds: Mapping[int, RoundReport],
    parameters: dict[str, Any],
    files: CurrentFiles,
    project: Path,
) -> list[Training]:
    scores = {
        f"round_{number}": (f"round_{number}.model", f"round_{number}.labels", report.metrics)
        for number, report in rounds.items()
    }
    scores["final"] = ("model", "training_labels", _read_final_scores(parameters, files))
    trainings = []
    for name, (model, labels, metrics) in scores.items():
        if not (files.has(model) and files.has(labels)):
            continue
        folder, path = files.path_of(model), files.path_of(labels)
        # a pointer in the folder: the student was passed on, not trained
        if not (folder / POINTER_FILE).exists():
            tuned = read_fine_tuning(folder, project)
            shown = score_student(metrics)
            trainings.append(Training(name, shown, path, digest_file(path), tuned))
    return trainings


def _read_final_scores(parameters: dict[str, Any], files: CurrentFiles) -> dict[str, float]:
    """Return the scores of the trained student alone, not those of the voters beside it."""
    table = files.read_table("bench_scores")
    models = (parameters.get("evaluation") or {}).get("models", [])
    students = [str(model["name"]) for model in models if model.get("source") == "student"]
    return {} if table is None else find_student_row(table, students)
