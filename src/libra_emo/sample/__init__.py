"""Draws the sample: films with actors who feel, speak and move, and the truth about them."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from pathlib import Path

import pandas as pd

from libra_emo.execution.executors import map_in_order
from libra_emo.media.films.sources_table import describe_film
from libra_emo.media.sources.manifests import Film
from libra_emo.sample.films import (
    FilmTask,
    digest_of,
    draw_film,
    film_files,
    sample_digest,
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
    """Tell by its name whether a file is a film that `draw_sample` made."""
    return digest_of(path) is not None


def draw_sample(
    folder: Path, seed: int, options: SampleOptions, taxonomy: Taxonomy, executor: Executor
) -> pd.DataFrame:
    """Draw the films that are missing in a folder, and return the truth about all of them.

    Each film comes with subtitles and a sidecar; files that exist are left alone, so a drawing that
    was stopped goes on. Films of anybody else in the folder are neither read nor touched.

    Args:
        folder: Where the films go; made if it does not exist.
        seed: Of everything random; the same one gives the same bytes.
        options: Size and difficulty.
        taxonomy: The labels that the actors feel.
        executor: Where films are drawn, several at a time.

    Returns:
        A `SampleTruth` table: one row a scene in which an actor feels something, whether it is
        meant to survive the preprocessing or not.

    Raises:
        SampleError: If a label cannot be drawn, or films of another sample lie in the folder.
    """
    tables = read_tables(taxonomy)
    digest = sample_digest(seed, options, taxonomy, tables)
    folder.mkdir(parents=True, exist_ok=True)
    _refuse_other_samples(folder, digest)
    plans = plan_films(seed, options, taxonomy, tables, digest)
    tasks = [FilmTask(folder, plan, seed, options, tables) for plan in plans]
    _draw_missing(tasks, executor)
    return _truth(folder, plans, options)


def _refuse_other_samples(folder: Path, digest: str) -> None:
    others = {found for path in folder.glob("sample-*.mkv") if (found := digest_of(path))} - {
        digest
    }
    if others:
        names = " ".join(f"sample-{other}-*" for other in sorted(others))
        raise SampleError(
            f"{folder} holds sample films drawn from another seed or other options; "
            f"remove {names} there, or name another folder as films"
        )


def _draw_missing(tasks: Iterable[FilmTask], executor: Executor) -> None:
    missing = [
        task
        for task in tasks
        if not all(path.exists() for path in film_files(task.folder, task.plan))
    ]
    if missing:
        map_in_order(executor, draw_film, missing, "sample films drawn")


def _truth(folder: Path, plans: Iterable[FilmPlan], options: SampleOptions) -> pd.DataFrame:
    rows = []
    for plan in plans:
        source_id = describe_film(Film(film_files(folder, plan)[0]))["source_id"]
        for scene, start, end in scene_times(plan, options):
            if scene.label is not None:
                rows.append((source_id, start, end, scene.label))
    table = pd.DataFrame(rows, columns=["source_id", "start_s", "end_s", "label"])
    return check(table.sort_values(["source_id", "start_s"], ignore_index=True), SampleTruth)
