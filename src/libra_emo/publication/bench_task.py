"""The bench of a release as a task of lmms-eval."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from libra_emo.evaluation.lmms_task.task_folder import write_task
from libra_emo.publication.cards.reading import Release

SPLIT: Final = "test"
FOLDER: Final = "lmms_eval"


def write_bench_task(release: Release, folder: Path) -> None:
    """Write the labelled clips of the bench as a task of lmms-eval, if there are any.

    Args:
        release: The release, whose tables and taxonomy are there.
        folder: Folder in which the task's folder is made.
    """
    clips = release.table("clips")
    bench = clips[(clips["split"] == SPLIT) & clips["label"].notna()]
    if len(bench):
        candidates = bench.rename(columns={"film_id": "source_id"})
        write_task(folder / FOLDER, bench, candidates, release.taxonomy)


def task_files(release: Release) -> dict[str, bytes]:
    """Return the files of the task as the tables give them, by their names in the release."""
    with TemporaryDirectory() as name:
        write_bench_task(release, Path(name))
        return dict(_read(Path(name)))


def _read(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()
