"""A team that labels its own films in a small project, with a repository and a remote of DVC."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pandas as pd
import yaml

from libra_emo.annotation.campaigns import ADJUDICATION_SUFFIX
from libra_emo.sample import SampleOptions, draw_sample
from libra_emo.taxonomy import TAXONOMY_FILE, read_taxonomy
from support.forked_kedro import Command, kedro
from support.whole_project import ROOT, copy_project

PEOPLE = ("Ana", "Ben", "王芳")
ADJUDICATOR = "José"
WAITS = re.compile(r"^campaign '([\w.]+)': \d+ of \d+ clips wait", re.MULTILINE)
SETTINGS = {
    "annotators": "people",
    "max_rounds": 1,
    "bench": {
        **{"sample_clips": 6, "annotators_per_clip": 3, "threshold": 2},
        "validation": {"film_fraction": 0},
    },
    "voting": {"annotators_per_clip": 2, "threshold": 2},
    # the paper's rule, whose questions and labels can be counted in the head
    "active_learning": {
        **{"query_strategy": "disagreement", "sequential": False, "audit": {"enabled": False}},
        **{"share_per_round": None, "stop": "plateau", "patience": 9},
        **{"annotators_per_clip": 2, "threshold": 2},
    },
    "training": {"classical": {"forest_trees": 10}},
    "evaluation": {"modality_sets": ["VAT"], "permutations": 100},
}
FILMS = SampleOptions(
    films=7,
    clips=42,
    min_clips_per_label=3,
    themes=("drama",),
    too_short_share=0.03,
    too_long_share=0,
    no_subtitle_share=0.03,
    no_face_share=0,
    frame_width=320,
    frame_height=240,
)
# campaign, clip by content, person
Question = tuple[str, str, str]
CLIP = re.compile(r"-([0-9a-f]{8})-(\d{8})-(\d{8})(?:-\d+)?$")


class Team:
    """People who answer by the truth, and who disagree about every fourth clip.

    Attributes:
        asked: Every question that was asked, in order.
        answers: The last answer to each of them.
    """

    def __init__(self, truth: dict[tuple[str, int], str]) -> None:
        self._truth = truth
        self._labels = list(read_taxonomy().labels)
        self.asked: list[Question] = []
        self.answers: dict[Question, str] = {}

    def true_label(self, clip_id: str) -> str:
        """Return what the actor of a clip showed."""
        content, start, _ = find_key(clip_id)
        starts = [start_ms for film, start_ms in self._truth if film == content]
        nearest = min(starts, key=lambda start_ms: abs(start_ms - start))
        assert abs(nearest - start) < 500, clip_id
        return self._truth[content, nearest]

    def answer(self, person: str, campaign: str, clip_id: str) -> str:
        """Return the label that a person gives."""
        key = "-".join(map(str, find_key(clip_id)))
        question = campaign, key, person
        self.asked.append(question)
        label = self.true_label(clip_id)
        if not campaign.endswith(ADJUDICATION_SUFFIX) and not sha256(key.encode()).digest()[0] % 4:
            place = self._labels.index(label) + [*PEOPLE, ADJUDICATOR].index(person)
            label = self._labels[place % len(self._labels)]
        self.answers[question] = label
        return label

    def unlearn(self, label: str, instead: str) -> None:
        """Give another label in the place of one that there is no longer."""
        self._labels = [known for known in self._labels if known != label]
        self._truth = {
            place: instead if true == label else true for place, true in self._truth.items()
        }

    def reproduce(self, project: Path, *options: str) -> list[str]:
        """Run until nobody is needed any more; return the stages that ran or waited, in order."""
        stages: list[str] = []
        for _ in range(20):
            done = kedro(project, "reproduce", *options, status=None)
            stages += done.stages
            if done.status == 0:
                return stages
            assert done.status == 3, done.output[-6000:]
            for campaign in WAITS.findall(done.output):
                self._fill_in(project, campaign)
        raise AssertionError("people are needed again and again")

    def _fill_in(self, project: Path, campaign: str) -> None:
        folder = project / "data/01_raw/queues" / campaign
        shutil.rmtree(folder, ignore_errors=True)
        kedro(project, "export-queue", campaign)
        rows: list[dict[str, str]] = []
        for path in sorted(folder.glob("*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows += list(csv.DictReader(file))
        for row in rows:
            row["label"] = self.answer(row["annotator"], campaign, row["clip_id"])
        answers = folder / "answers.csv"
        with answers.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        done = kedro(project, "import-votes", str(answers))
        assert f"{len(rows)} votes added, 0 known already" in done.output, done.output


def find_key(clip_id: str) -> tuple[str, int, int]:
    """Return what a clip is known by: eight digits of its film's content, start and end in ms."""
    found = CLIP.search(clip_id)
    assert found is not None, clip_id
    return found[1], int(found[2]), int(found[3])


def draw_films(folder: Path) -> tuple[list[Path], dict[tuple[str, int], str]]:
    """Draw films under names of their own; return them, and (content, start in ms) → label."""
    with ThreadPoolExecutor(1) as pool:
        truth = draw_sample(folder, 3, FILMS, read_taxonomy(), pool)
    for number, path in enumerate(sorted(folder.glob("*.mkv")), start=1):
        for each in folder.glob(f"{path.stem}.*"):
            each.rename(folder / each.name.replace(path.stem, f"Film {number}"))
    content = truth["source_id"].str[-8:]
    starts = (truth["start_s"] * 1000).round().astype(int)
    labels = dict(zip(zip(content, starts, strict=True), truth["label"], strict=True))
    return sorted(folder.glob("*.mkv")), labels


def move_film(path: Path, folder: Path, stem: str | None = None) -> None:
    """Move a film and what belongs to it into a folder, under another name if one is given."""
    folder.mkdir(exist_ok=True)
    for each in path.parent.glob(f"{path.stem}.*"):
        name = each.name if stem is None else each.name.replace(path.stem, stem)
        each.rename(folder / name)


def make_repository(folder: Path) -> Path:
    """Make the project with its repository of git and DVC."""
    project = copy_project(folder, parameters="")
    for name in (".gitignore", ".dvcignore", "dvc.yaml"):
        shutil.copy(ROOT / name, project / name)
    (project / ".dvc").mkdir()
    for name in (".gitignore", "config"):
        shutil.copy(ROOT / ".dvc" / name, project / ".dvc" / name)
    for layer in (ROOT / "data").glob("0*"):
        (project / "data" / layer.name).mkdir(exist_ok=True)
        (project / "data" / layer.name / ".gitkeep").touch()
    (project / "data/02_intermediate/configuration.yml").write_bytes(
        subprocess.run(
            ["git", "show", "HEAD:data/02_intermediate/configuration.yml"],
            cwd=ROOT, check=True, capture_output=True,
        ).stdout
    )  # fmt: skip
    run(project, "git", "init", "-q")
    name_author(project)
    run(project, "git", "add", "-A")
    run(project, "git", "commit", "-qm", "Begin")
    return project


def name_author(project: Path) -> None:
    """Say who commits in a clone."""
    run(project, "git", "config", "user.email", "someone@example.org")
    run(project, "git", "config", "user.name", "Someone")


def set_parameters(project: Path, **changes: object) -> None:
    """Write the team's settings into conf/local."""
    path = project / "conf/local/parameters.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump({**SETTINGS, **changes}), encoding="utf-8")


def remove_label(project: Path, label: str) -> None:
    """Give the project a taxonomy of its own that lacks a label, by conf/local's catalog."""
    taxonomy = yaml.safe_load(TAXONOMY_FILE.read_text(encoding="utf-8"))
    kept = [emotion for emotion in taxonomy["emotions"] if emotion["label"] != label]
    for emotion in kept:
        emotion["neighbours"] = [name for name in emotion["neighbours"] if name != label]
    path = project / "conf/local/taxonomy.yml"
    text = yaml.safe_dump({**taxonomy, "emotions": kept}, sort_keys=False, allow_unicode=True)
    path.write_text(text, encoding="utf-8")
    entry = {"type": "libra_emo.datasets.TaxonomyDataset", "filepath": "conf/local/taxonomy.yml"}
    catalog = yaml.safe_dump({"taxonomy": entry})
    (project / "conf/local/catalog.yml").write_text(catalog, encoding="utf-8")


def stale(project: Path) -> dict[str, str]:
    """Return the stages that a run would do again, with the reasons."""
    done: Command = kedro(project, "reproduce", "--dry-run")
    lines = [line for line in done.output.splitlines() if re.match(r"[\w@]+: ", line)]
    return dict(line.split(": ", 1) for line in lines)


def run(project: Path, *command: str) -> str:
    """Return what a command writes."""
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def dvc(project: Path, *arguments: str) -> str:
    """Return what `dvc` writes."""
    return run(project, sys.executable, "-m", "dvc", *arguments)


def commit(project: Path, message: str) -> None:
    """Commit as the documentation says."""
    run(project, "git", "add", "dvc.lock", "dvc.yaml", ".dvc/config", "data")
    run(project, "git", "commit", "-qm", message)


def read(project: Path, place: str) -> pd.DataFrame:
    """Return a table of the project."""
    return pd.read_parquet(project / "data" / place)
