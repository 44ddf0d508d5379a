"""The plan of a takedown: what happens to each file of the project's data and caches."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from libra_emo.common.integrity.beside import ENDING as CHECKSUM_ENDING
from libra_emo.common.takedowns.journal import STAGING
from libra_emo.common.takedowns.log import FOLDER as LOG_FOLDER
from libra_emo.publication.takedown.contents.search import kind_of
from libra_emo.publication.takedown.errors import TakedownError
from libra_emo.publication.takedown.film_target import Target
from libra_emo.publication.takedown.people.target import PersonTarget

RAW, MODELS, REPORTS, RELEASES = "01_raw", "06_models", "08_reporting", "09_release"
FILM_PLACES: Final = ("data/01_raw/", "data/02_intermediate/")
MLFLOW: Final = "mlflow"
ROOTS: Final = ("data", ".dvc/cache", ".dvc/tmp")
PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")
LINES: Final = (".jsonl", ".jsonl.gz", ".ndjson")
TABLES: Final = (".csv", ".tsv")
DATABASE_ENDINGS: Final = ("-wal", "-shm", "-journal")


@dataclass
class Plan:
    """What a takedown changes; paths are relative to the project's folder.

    Attributes:
        removed: Files and folders that go as a whole.
        filtered: Files from which rows go, with the way in which it is done.
        releases: Folders of releases that have the films.
        models: Folders of students that name the films.
        blocked: Files of the user that name the films and have no rows.
        rows: Number of rows that go, by path and, for a database, table; known when staged.
    """

    removed: list[str] = field(default_factory=list)
    filtered: dict[str, str] = field(default_factory=dict)
    releases: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)


def make_plan(project: Path, target: Target | PersonTarget) -> Plan:
    """Return what a takedown changes; nothing is written.

    Raises:
        TakedownError: If a file cannot be read, so that it is not known what it has.
    """
    plan = Plan()
    whole: list[Path] = []  # folders that go with all that is in them
    for path, is_folder in _walk(project):
        if any(path.is_relative_to(folder) for folder in whole):
            continue
        name = path.relative_to(project).as_posix()
        if target.needles.in_text(path.name) and is_folder:
            whole.append(path)
            plan.removed.append(name)
        elif not is_folder and (target.is_own(path) or _goes(path, name, target)):
            plan.removed.append(name)
        elif not is_folder and _names(path, target):
            _decide(plan, path, project, whole, target)
    _add_pictures(plan, project)
    plan.removed.sort()
    return plan


def _walk(project: Path) -> Iterator[tuple[Path, bool]]:
    """Give folders and files in order, each folder before what is in it."""
    skipped = (project / STAGING, project / LOG_FOLDER)
    for root in ROOTS:
        for place, folders, files in os.walk(project / root):
            folders[:] = sorted(name for name in folders if Path(place, name) not in skipped)
            for name in folders:
                yield Path(place, name), True
            for name in sorted(files):
                if not name.endswith(DATABASE_ENDINGS):
                    yield Path(place, name), False


def _names(path: Path, target: Target | PersonTarget) -> bool:
    if target.needles.in_text(path.name):
        return True
    if not path.is_file():  # a broken link, a pipe
        return False
    try:
        return target.names_file(path, path)
    except OSError as error:
        raise TakedownError(
            f"{path}: cannot be read ({error.strerror}), so it is not known whether it names "
            f"{target.noun}; nothing was changed"
        ) from error


def _goes(path: Path, name: str, target: Target | PersonTarget) -> bool:
    """Return whether a file goes as a whole: its name names a film, or it is one."""
    in_release_or_model = name.startswith((f"data/{RELEASES}/", f"data/{MODELS}/"))
    if target.needles.in_text(path.name) and not in_release_or_model:
        return True
    return name.startswith(FILM_PLACES) and target.is_copy(path)


def _decide(
    plan: Plan, path: Path, project: Path, whole: list[Path], target: Target | PersonTarget
) -> None:
    """Add to the plan what happens to a file that names a film or a person."""
    name = path.relative_to(project).as_posix()
    root, _, rest = name.partition("/")
    layer, _, inner = rest.partition("/")
    if root != "data" or (layer == RELEASES and "/" not in inner):
        plan.removed.append(name)  # a copy in a cache, or the summary of a release that goes
    elif layer == RELEASES:
        _add_folder(plan.releases, project / "data" / layer / inner.split("/")[0], project, whole)
    elif layer == MODELS and "/" in inner:
        _add_folder(plan.models, project / "data" / layer / inner.split("/")[0], project, whole)
    else:
        way = _find_way(path, layer)
        if way is not None and target.can_filter(way):
            plan.filtered[name] = way
        elif layer == RAW:
            plan.blocked.append(name)
        else:
            plan.removed.append(name)


def _add_folder(places: list[str], folder: Path, project: Path, whole: list[Path]) -> None:
    places.append(folder.relative_to(project).as_posix())
    whole.append(folder)


def _find_way(path: Path, layer: str) -> str | None:
    """Return how rows are left out of a file; None if it goes as a whole."""
    kind = kind_of(path)
    name = path.name.lower().removesuffix(".copy")
    if kind == "sqlite":
        return "database"
    if layer == MLFLOW or name.endswith(CHECKSUM_ENDING):
        return None
    if kind in ("parquet", "tar"):
        return kind
    if name.endswith(TABLES):
        return "csv"
    if name.endswith(LINES):
        return "lines"
    return "json" if name.endswith(".json") and layer != REPORTS else None


def _add_pictures(plan: Plan, project: Path) -> None:
    """Remove pictures of reports beside pages that named the film: they may show its clips."""
    gone = set(plan.removed)
    reports = f"data/{REPORTS}/"
    pages = {Path(name).parent for name in plan.removed if name.startswith(reports)}
    folders = {folder for folder in pages if folder != Path(reports)}
    for folder in sorted(folders):
        for path in sorted((project / folder).rglob("*")):
            name = path.relative_to(project).as_posix()
            if path.suffix.lower() in PICTURES and name not in gone:
                plan.removed.append(name)
                gone.add(name)
