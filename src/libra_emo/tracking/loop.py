"""What there is to tell of a loop, read from the files that the pipelines wrote."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pandas as pd
from kedro.io import CatalogProtocol

from libra_emo.datasets import dataset_path
from libra_emo.pipelines.active_learning.report import RoundReport
from libra_emo.tracking.fine_tuning import FineTuning, read_fine_tuning

# what makes a loop this loop; max_rounds is not among it, since more rounds go on with the same
LOOP_PARAMETERS = (
    "seed",
    "annotators",
    "student",
    "annotation",
    "bench",
    "voting",
    "active_learning",
    "training",
)
SECRET_WORDS = ("key", "token", "secret", "password", "credential")
MAX_TEXT = 5900
POINTER_FILE = "pointer.json"


@dataclass(frozen=True)
class Training:
    """One training of a student.

    Attributes:
        name: Such as `round_1` or `final`.
        metrics: How the student does on the bench.
        labels_path: The labels that it was trained on.
        labels_sha256: Their file's digest.
        fine_tuning: What a fine-tuned student tells of its training.
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
        identity: A digest of all that defines it.
        parameters: These parameters, flat, as text, without secrets.
        rounds: Round → its figures.
        trainings: One for each student that was trained, and not just passed on.
        scores: The bench scores, flat.
        reports: The files with results.
        complete: Whether the last round is there.
    """

    identity: str
    parameters: dict[str, str]
    rounds: dict[int, dict[str, float]]
    trainings: list[Training]
    scores: dict[str, float]
    reports: list[Path]
    complete: bool


@dataclass(frozen=True)
class _Files:
    """The catalog's files, without those that are no longer true."""

    catalog: CatalogProtocol[Any, Any]
    stale: frozenset[Path]

    def has(self, name: str) -> bool:
        return name in self.catalog and self.catalog.exists(name) and self.is_new(self.path(name))

    def path(self, name: str) -> Path:
        path = dataset_path(self.catalog.get(name))
        if path is None:
            raise ValueError(f"{name} of the catalog has no file")
        return path

    def is_new(self, path: Path) -> bool:
        return not self.stale.intersection([path, *path.parents])

    def is_true(self, path: Path) -> bool:
        return path.is_file() and not path.name.startswith(".") and self.is_new(path)


def read_loop(
    parameters: dict[str, Any],
    catalog: CatalogProtocol[Any, Any],
    reports: Path,
    stale: Collection[Path] = (),
) -> Loop | None:
    """Return the loop that the files tell of, or None before there is one.

    Args:
        parameters: All of them, merged.
        catalog: Where the files are described.
        reports: The folder with results, `data/08_reporting` of the project.
        stale: Files and folders that are there and no longer true, such as the rounds of another
            loop; they are not told of.
    """
    files = _Files(catalog, frozenset(stale))
    if not (files.has("pool") and files.has("bench_sample")):
        return None
    numbers = range(int(parameters["max_rounds"]) + 1)
    rounds = {
        number: _figures(catalog.load(f"round_{number}.report"))
        for number in numbers
        if files.has(f"round_{number}.report")
    }
    scores = {**_scores(files), **_voters(files)}
    return Loop(
        identity=_identity(parameters, files),
        parameters=flatten_text({k: parameters[k] for k in LOOP_PARAMETERS if k in parameters}),
        rounds=rounds,
        trainings=_trainings(
            rounds, _of_the_student(scores, parameters), files, reports.parents[1]
        ),
        scores=scores,
        reports=sorted(path for path in reports.rglob("*") if files.is_true(path)),
        complete=len(rounds) == len(numbers),
    )


def identify_loop(parameters: dict[str, Any], catalog: CatalogProtocol[Any, Any]) -> str | None:
    """Return the identity of the loop that these parameters and files make, if there is one."""
    files = _Files(catalog, frozenset())
    if not (files.has("pool") and files.has("bench_sample")):
        return None
    return _identity(parameters, files)


def _figures(report: RoundReport) -> dict[str, float]:
    """Return the numbers of a round's report; its scores go by their own names."""
    numbers = flatten_numbers(report.model_dump(exclude={"metrics"}) | report.metrics)
    return {name: number for name, number in numbers.items() if not math.isnan(number)}


def flatten_numbers(values: Any, prefix: str = "") -> dict[str, float]:
    """Return every number in nested mappings under its path; truth counts as 0 or 1."""
    if isinstance(values, dict):
        found: dict[str, float] = {}
        for key, value in values.items():
            found.update(flatten_numbers(value, f"{prefix}.{key}" if prefix else str(key)))
        return found
    return {prefix: float(values)} if isinstance(values, bool | int | float) else {}


def flatten_text(values: Any, prefix: str = "") -> dict[str, str]:
    """Return every value in nested mappings as text under its path: short, without secrets.

    A path of this machine keeps its last part alone, a URL loses its user and password.
    """
    if isinstance(values, dict):
        found: dict[str, str] = {}
        for key, value in values.items():
            if not any(word in str(key).lower() for word in SECRET_WORDS):
                found.update(flatten_text(value, f"{prefix}.{key}" if prefix else str(key)))
        return found
    if isinstance(values, list | tuple) and any(isinstance(value, dict) for value in values):
        return flatten_text({str(n): value for n, value in enumerate(values)}, prefix)
    return {prefix: _harmless(values)[:MAX_TEXT]}


def _harmless(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | tuple) else str(value)
    if "://" in text:
        parts = urlsplit(text)
        return urlunsplit(parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1], query=""))
    return Path(text).name if text.startswith("/") else text


def _identity(parameters: dict[str, Any], files: _Files) -> str:
    told = {key: parameters[key] for key in LOOP_PARAMETERS if key in parameters}
    digest = hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode())
    for name in ("pool", "bench_sample"):
        digest.update(files.path(name).read_bytes())
    return digest.hexdigest()


def _trainings(
    rounds: dict[int, dict[str, float]], scores: dict[str, float], files: _Files, project: Path
) -> list[Training]:
    told = {f"round_{n}": (f"round_{n}.model", f"round_{n}.labels", rounds[n]) for n in rounds}
    told["final"] = ("model", "training_labels", scores)
    trainings = []
    for name, (model, labels, metrics) in told.items():
        # a pointer in the folder: a student that was passed on, not trained
        if (
            files.has(model)
            and files.has(labels)
            and not (files.path(model) / POINTER_FILE).exists()
        ):
            path = files.path(labels)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            tuned = read_fine_tuning(files.path(model), project)
            trainings.append(Training(name, metrics, path, digest, tuned))
    return trainings


def _scores(files: _Files) -> dict[str, float]:
    if not files.has("bench_scores"):
        return {}
    table: pd.DataFrame = files.catalog.load("bench_scores")
    return {
        f"bench/{row['model']}/{row['modalities']}/{name}": float(row[name])
        for row in table.to_dict("records")
        for name in table.columns
        if isinstance(row[name], int | float) and pd.notna(row[name])
    }


def _voters(files: _Files) -> dict[str, float]:
    """Return the voters' report card, flat: `voters/<voter>/<score>`, and errors of pairs."""
    found: dict[str, float] = {}
    if files.has("voter_scores"):
        table: pd.DataFrame = files.catalog.load("voter_scores")
        for row in table.to_dict("records"):
            found |= _numbers(f"voters/{row['voter']}", row)
    if files.has("voter_pairs"):
        pairs: pd.DataFrame = files.catalog.load("voter_pairs")
        for row in pairs.to_dict("records"):
            found |= _numbers(f"voters/{row['first']} and {row['second']}", row)
    return found


def _numbers(prefix: str, row: dict[Any, Any]) -> dict[str, float]:
    return {
        f"{prefix}/{name}": float(value)
        for name, value in row.items()
        if isinstance(value, int | float) and pd.notna(value)
    }


def _of_the_student(scores: dict[str, float], parameters: dict[str, Any]) -> dict[str, float]:
    """Return the scores of the trained student alone, not those of the voters beside it."""
    judged = (parameters.get("evaluation") or {}).get("models", [])
    names = tuple(f"bench/{m['name']}/" for m in judged if m.get("source") == "student")
    return {name: value for name, value in scores.items() if name.startswith(names)}
