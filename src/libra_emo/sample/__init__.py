"""The sample: films with drawn actors, and the true emotion of each of their scenes."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from pathlib import Path

import pandas as pd

from libra_emo.execution.executors import map_in_order
from libra_emo.media.films import describe_film
from libra_emo.media.sources import Film
from libra_emo.sample.films import (
    DrawingTask,
    draw_film,
    film_files,
    sample_digest,
    sample_digest_of,
    scene_times,
)
from libra_emo.sample.options import ActedOptions, CueOptions, SampleOptions
from libra_emo.sample.plan import FilmPlan, plan_films
from libra_emo.sample.tables import SampleError, read_tables
from libra_emo.schemas import SampleTruth, check
from libra_emo.taxonomy import Taxonomy

__all__ = [
    "ActedOptions",
    "CueOptions",
    "SampleError",
    "SampleOptions",
    "draw_sample",
    "is_sample_film",
]


def is_sample_film(path: Path) -> bool:
    """Return whether a file is a film that `draw_sample` made, judging by its name."""
    return sample_digest_of(path) is not None


def draw_sample(
    folder: Path, seed: int, options: SampleOptions, taxonomy: Taxonomy, executor: Executor
) -> pd.DataFrame:
    """Draw the films that are missing in a folder, and return the truth about all of them.

    Each film gets a subtitle file and a sidecar. Files that exist are left alone, so an interrupted
    drawing is continued. Other films in the folder are neither read nor changed.

    Args:
        folder: Folder for the films; it is created if it does not exist.
        seed: Seed of everything random; the same seed gives the same bytes.
        options: Size and difficulty of the sample.
        taxonomy: Labels that the actors show.
        executor: Executor that draws several films at a time.

    Returns:
        A `SampleTruth` table with one row for each scene that has a label, whether or not the
        preprocessing is expected to keep the scene.

    Raises:
        SampleError: If a label cannot be drawn, or the folder holds films of another sample.
    """
    tables = read_tables(taxonomy)
    digest = sample_digest(seed, options, taxonomy, tables)
    folder.mkdir(parents=True, exist_ok=True)
    _refuse_other_samples(folder, digest)
    plans = plan_films(seed, options, taxonomy, tables, digest)
    tasks = [DrawingTask(folder, plan, seed, options, tables) for plan in plans]
    _draw_missing(tasks, executor)
    return _tabulate_truth(folder, plans, options)


def _refuse_other_samples(folder: Path, digest: str) -> None:
    others = {
        found for path in folder.glob("sample-*.mkv") if (found := sample_digest_of(path))
    } - {digest}
    if others:
        names = " ".join(f"sample-{other}-*" for other in sorted(others))
        raise SampleError(
            f"{folder} holds sample films drawn from another seed or other options; "
            f"remove {names} there, or name another folder as films"
        )


def _draw_missing(tasks: Iterable[DrawingTask], executor: Executor) -> None:
    missing = [
        task
        for task in tasks
        if not all(path.exists() for path in film_files(task.folder, task.plan))
    ]
    if missing:
        map_in_order(executor, draw_film, missing, "sample films drawn")


def _tabulate_truth(
    folder: Path, plans: Iterable[FilmPlan], options: SampleOptions
) -> pd.DataFrame:
    rows = []
    for plan in plans:
        source_id = describe_film(Film(film_files(folder, plan)[0]))["source_id"]
        for scene, start, end in scene_times(plan, options):
            if scene.label is not None:
                rows.append((source_id, start, end, scene.label))
    table = pd.DataFrame(rows, columns=["source_id", "start_s", "end_s", "label"])
    return check(table.sort_values(["source_id", "start_s"], ignore_index=True), SampleTruth)
