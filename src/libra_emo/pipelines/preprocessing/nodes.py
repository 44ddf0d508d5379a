"""What happens in the preprocessing: the films, their sources, their clips, the clips' features."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.evaluation.footage import summarise_footage
from libra_emo.evaluation.footage_plot import plot_footage
from libra_emo.execution.executors import map_in_order, open_executor
from libra_emo.media.films.cache import RECORD_ENDING as FILM_ENDING
from libra_emo.media.films.cache import Folders, find_finished, finish_film, give_up_film, plan_film
from libra_emo.media.films.clip_ledger import ledger_row
from libra_emo.media.films.consistency import check_clips, check_features, check_files, check_ledger
from libra_emo.media.films.measuring import RECORD_ENDING as FEATURES_ENDING
from libra_emo.media.films.measuring import MeasuringTask, find_measured, measure_film
from libra_emo.media.films.process import FilmResult
from libra_emo.media.films.sources_table import describe_film, find_films, tabulate_sources
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.shards import ShardReader
from libra_emo.media.sources.addresses import is_remote, to_path
from libra_emo.media.sources.fetching import LocalCopies
from libra_emo.media.sources.manifests import Film, FilmsError
from libra_emo.pipelines.preprocessing.places import (
    from_root,
    source_from_root,
    source_to_root,
    to_root,
)
from libra_emo.pipelines.preprocessing.stale import remove_half_written, remove_stale
from libra_emo.pipelines.preprocessing.unchanged import map_unless_done
from libra_emo.sample import draw_sample, is_sample_film
from libra_emo.sample.options import SampleOptions
from libra_emo.schemas import Candidates, ClipLedger, Features, SampleTruth, Sources, check, empty
from libra_emo.taxonomy import Taxonomy

logger = logging.getLogger(__name__)

ENDED_ITS_PROCESS = "the process that worked on it died, and again when it worked on it alone"


def prepare_films(
    films: str, seed: int, executor: str, sample: SampleOptions, taxonomy: Taxonomy
) -> tuple[pd.DataFrame, list[Film]]:
    """Return the truth about the sample, and the films; the sample is drawn where there are none.

    It is drawn into a folder that holds no film but its own. Where anybody else's film lies,
    nothing is drawn and the truth is empty.

    Args:
        films: A folder or a manifest, here or at an address that fsspec knows.
        seed: Of the sample.
        executor: Where the sample is drawn.
        sample: What the sample is like.
        taxonomy: The labels that its actors feel.

    Returns:
        SampleTruth, and the films by path.

    Raises:
        FilmsError: If there is no such place.
        SampleError: If the sample cannot be drawn.
    """
    if is_remote(films):
        return empty(SampleTruth), find_films(films)
    folder = to_path(films)
    fresh = not folder.exists() and not folder.suffix and folder.parent.is_dir()
    found = [] if fresh else find_films(films)
    drawn = [film for film in found if is_sample_film(film.path)]
    if len(drawn) < len(found) or folder.is_file():
        if drawn and folder.is_dir():
            logger.warning(
                "%s holds your own films and %d of the sample: all of them are cut; "
                "remove sample-* there if you want yours alone",
                films,
                len(drawn),
            )
        return empty(SampleTruth), found
    with open_executor(executor) as pool:
        truth = draw_sample(folder, seed, sample, taxonomy, pool)
    return truth, find_films(films)


def list_sources(
    film_list: list[Film], preprocessing: PreprocessingOptions, film_copies: Path
) -> pd.DataFrame:
    """Return the Sources: what each film is and what is said of it.

    Args:
        film_list: The films.
        preprocessing: Which licences let a film in.
        film_copies: Folder for local copies of films that lie elsewhere.

    Raises:
        FilmsError: If there is no film.
    """
    if not film_list:
        raise FilmsError("films: there is no film to work on; set the parameter `films`")
    films = [replace(film, path=to_root(film.path)) for film in film_list]
    work = partial(describe_film, options=preprocessing, copies=LocalCopies(film_copies.absolute()))
    with ThreadPoolExecutor() as pool:  # it is mostly reading
        rows = map_in_order(pool, work, films, "films listed")
    sources = tabulate_sources(source_from_root(row) for row in rows)
    warned = sources.loc[sources["warning"].notna(), ["source_id", "warning"]]
    if len(warned):
        first = warned.iloc[0]
        logger.warning(
            "%d of %d films have a warning in the sources; the first is %s: %s",
            len(warned),
            len(sources),
            first["source_id"],
            first["warning"],
        )
    return sources


def cut_scenes(
    sources: pd.DataFrame,
    preprocessing: PreprocessingOptions,
    executor: str,
    clips_folder: Path,
    shards_folder: Path,
    finished_folder: Path,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Cut the films into clips, film by film; a film that is done and unchanged is left alone.

    A film of the same content as one before it is refused, so that no clip comes twice. One that
    ends the process that works on it, alone too, is unreadable. Files that belong to no kept clip
    any more are removed.

    Args:
        sources: Sources.
        preprocessing: What is kept, and how it is written.
        executor: Where films are cut.
        clips_folder: Where clip files go.
        shards_folder: Where shards go.
        finished_folder: Where the records of finished films are.

    Returns:
        ClipLedger, Candidates, and an index of the shards with columns clip_id and shard.

    Raises:
        DiskError: If a file cannot be written.
        UnbalancedRun: If films, scenes, clips and files do not add up.
    """
    table = check(sources, Sources).sort_values("source_id")
    readable = table["width"].notna()
    twice = table["sha256"].where(readable).duplicated() & readable
    folders = Folders(clips_folder.absolute(), shards_folder.absolute(), finished_folder.absolute())
    tasks = [plan_film(_to_worker(row), preprocessing) for row in table[~twice].to_dict("records")]
    try:
        with open_executor(executor) as pool:
            results = map_unless_done(
                pool,
                partial(finish_film, options=preprocessing, folders=folders),
                tasks,
                [find_finished(task, folders) for task in tasks],
                "films cut",
                describe=_count_clips,
                film_seconds=attrgetter("seconds"),
                name=attrgetter("source_id"),
                give_up=partial(give_up_film, reason=ENDED_ITS_PROCESS),
            )
    except BaseException:
        for folder, ending in ((clips_folder, ".mp4"), (shards_folder, ".tar")):
            remove_half_written(folder, ending)
        raise
    first = table[readable].drop_duplicates("sha256").set_index("sha256")["source_id"]
    refused = [
        ledger_row(row["source_id"], "refused", f"same content as {first[row['sha256']]}")
        for row in table[twice].to_dict("records")
    ]
    ledger, candidates, index = _tabulate_results(results, refused)
    remove_stale(clips_folder, ".mp4", {f"{clip_id}.mp4" for clip_id in index["clip_id"]})
    remove_stale(shards_folder, ".tar", set(index["shard"]))
    remove_stale(finished_folder, FILM_ENDING, {f"{t.source_id}{FILM_ENDING}" for t in tasks})
    check_ledger(table, ledger)
    check_clips(ledger, candidates, index)
    check_files(index, clips_folder, shards_folder)
    return ledger, candidates, index


def measure_features(
    candidates: pd.DataFrame,
    clip_shards: ShardReader,
    preprocessing: PreprocessingOptions,
    executor: str,
    finished_folder: Path,
) -> pd.DataFrame:
    """Return the Features: what is measured of the words, face and voice of each candidate.

    A film whose shard, words and options are those of an earlier run is not measured again.

    Raises:
        ShardError: If a clip is in no shard, or damaged there.
        UnbalancedRun: If there are not as many features as candidates.
    """
    table = check(candidates, Candidates).sort_values("clip_id")
    columns = ["clip_id", "source_id", "subtitle", "language"]
    tasks = {
        str(film): MeasuringTask(
            clip_shards.folder.absolute() / f"{film}.tar",
            [_without_nan(row) for row in clips[columns].to_dict("records")],
            preprocessing.features,
            finished_folder.absolute() / f"{film}{FEATURES_ENDING}",
        )
        for film, clips in table.groupby("source_id", sort=True)
    }
    with ThreadPoolExecutor() as threads:  # it is mostly reading
        done = list(threads.map(find_measured, tasks.values()))
    with open_executor(executor) as pool:
        measured = map_unless_done(
            pool,
            measure_film,
            list(tasks.values()),
            done,
            "films measured",
            name=lambda task: task.shard.stem,
        )
    features = _tabulate([row for rows in measured for row in rows], Features, ["clip_id"])
    remove_stale(finished_folder, FEATURES_ENDING, {f"{film}{FEATURES_ENDING}" for film in tasks})
    check_features(table, features)
    return features


def summarise_films(
    sources: pd.DataFrame, clip_ledger: pd.DataFrame, candidates: pd.DataFrame
) -> pd.DataFrame:
    """Return the footage: hours and clips by theme, language, outcome, length and faces."""
    return summarise_footage(sources, clip_ledger, candidates)


def draw_footage(footage: pd.DataFrame) -> Any:
    """Return the footage as a matplotlib Figure."""
    return plot_footage(footage)


def _tabulate_results(
    results: list[FilmResult], refused: list[dict[str, Any]]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return ledger, candidates and index of what became of the films."""
    ledger = [row for result in results for row in result.ledger] + refused
    candidates = [row for result in results for row in result.candidates]
    for row in candidates:
        row["clip_path"] = from_root(row["clip_path"])
    index = [(row["clip_id"], result.shard) for result in results for row in result.candidates]
    return (
        _tabulate(ledger, ClipLedger, ["source_id", "start_s"]),
        _tabulate(candidates, Candidates, ["clip_id"]),
        pd.DataFrame(sorted(index), columns=["clip_id", "shard"], dtype=str),
    )


def _to_worker(row: dict[Any, Any]) -> dict[str, Any]:
    """Return a source's row with paths that open from anywhere, and None where it says nothing."""
    return source_to_root(_without_nan(row))


def _without_nan(row: dict[Any, Any]) -> dict[str, Any]:
    return {name: None if pd.isna(value) else value for name, value in row.items()}


def _count_clips(done: list[FilmResult]) -> str:
    return f"{sum(len(result.candidates) for result in done)} clips kept"


def _tabulate(rows: list[dict[str, Any]], schema: Any, keys: list[str]) -> pd.DataFrame:
    if not rows:
        return empty(schema)
    return check(pd.DataFrame(rows), schema).sort_values(keys, ignore_index=True)
