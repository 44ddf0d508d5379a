"""The steps of the preprocessing: films, sources, clips, and features of clips."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.common.takedowns.log import read_log
from libra_emo.evaluation.footage import summarise_footage
from libra_emo.evaluation.footage_plot import plot_footage
from libra_emo.media.films import (
    FEATURES_ENDING,
    MeasuringTask,
    OutputFolders,
    Retention,
    check_clips,
    check_features,
    check_files,
    check_ledger,
    describe_unused,
    find_films,
    find_vanished,
    read_sources,
    recall_source,
    tabulate_sources,
)
from libra_emo.media.options import SAMPLE_FOLDER, PreprocessingOptions
from libra_emo.media.shards import ShardReader
from libra_emo.media.sources import Film, FilmsError, LocalCopies, Logins, is_remote, to_path
from libra_emo.pipelines.preprocessing.cutting import (
    cut_films,
    set_features_aside,
    settle_results,
)
from libra_emo.pipelines.preprocessing.listed import ListedFilms
from libra_emo.pipelines.preprocessing.listing import list_films, log_warnings
from libra_emo.pipelines.preprocessing.measuring import measure_films
from libra_emo.pipelines.preprocessing.memories import CuttingMemories, remember_records
from libra_emo.pipelines.preprocessing.places import source_from_root, to_root
from libra_emo.pipelines.preprocessing.processes import open_executor
from libra_emo.pipelines.preprocessing.reach import raise_if_out_of_reach, remember_films
from libra_emo.pipelines.preprocessing.tables import (
    Row,
    separate_duplicates,
    tabulate,
    tabulate_results,
    to_rows,
)
from libra_emo.pipelines.preprocessing.taken_down import (
    names_taken_down,
    refuse_rows,
    remove_drawn,
    separate_addresses,
)
from libra_emo.sample import draw_sample, is_sample_film
from libra_emo.sample.options import SampleOptions
from libra_emo.schemas import Candidates, Features, SampleTruth, Sources, check, empty
from libra_emo.taxonomy import Taxonomy

logger = logging.getLogger(__name__)


def prepare_films(
    films: str,
    seed: int,
    executor: str,
    sample: SampleOptions,
    taxonomy: Taxonomy,
    preprocessing: PreprocessingOptions | None = None,
    finished_folder: Path | None = None,
    film_logins: Logins | None = None,
    takedowns_folder: Path | None = None,
) -> tuple[pd.DataFrame, list[Film]]:
    """Return the truth about the sample, and the films; the sample is drawn if there are none.

    The sample is drawn into a folder that is empty or holds sample films only. If the folder holds
    any other film, nothing is drawn and the truth is empty.

    Args:
        films: A folder or a manifest, as a path or as an address that fsspec can open.
        seed: Seed of the sample.
        executor: Executor that draws the sample.
        sample: Options of the sample.
        taxonomy: Labels that the actors of the sample show.
        preprocessing: Options that say how films at other places are fetched.
        finished_folder: Folder with the records of films that were cut before; one whose folder is
            now empty is listed too, since its disk may be away.
        film_logins: Logins of places where films lie.
        takedowns_folder: Folder of the log of takedowns; a film of the sample that was taken down
            is not kept.

    Returns:
        A table of the schema SampleTruth, and the films by path.

    Raises:
        FilmsError: If there is no such folder or manifest.
        SampleError: If the sample cannot be drawn.
    """
    fetching = preprocessing.fetching if preprocessing else None
    if is_remote(films):
        return empty(SampleTruth), find_films(films, fetching, film_logins)
    folder = to_path(films)
    is_known = films == SAMPLE_FOLDER or (not folder.suffix and folder.parent.is_dir())
    is_new = is_known and not folder.exists()
    found = [] if is_new else find_films(films, fetching, film_logins)
    drawn = [film for film in found if is_sample_film(film.path)]
    if finished_folder is not None and not folder.is_file():
        memory = remember_records(finished_folder)
        away = find_vanished(folder, [film.path for film in found], finished_folder, memory)
        found = sorted([*found, *map(Film, away)], key=attrgetter("place"))
    if len(drawn) < len(found) or folder.is_file():
        if drawn and folder.is_dir():
            _warn_of_sample_films(films, len(drawn))
        describe_unused(films, found)
        return empty(SampleTruth), found
    with open_executor(executor) as pool:
        truth = draw_sample(folder, seed, sample, taxonomy, pool)
    return remove_drawn(truth, find_films(films), read_log(takedowns_folder))


def list_sources(
    film_list: list[Film],
    preprocessing: PreprocessingOptions,
    film_copies: Path,
    finished_folder: Path | None = None,
    executor: str = "local",
    takedowns_folder: Path | None = None,
) -> pd.DataFrame:
    """Return the sources: metadata and technical data of each film.

    A film that was taken down has a row without anything that names it, and is refused.

    Args:
        film_list: The films.
        preprocessing: Options that say which licences are allowed.
        film_copies: Folder for local copies of remote films.
        finished_folder: Folder with the records of films that were cut before; they stand in for
            films that cannot be reached.
        executor: Executor that reads the films.
        takedowns_folder: Folder of the log of takedowns.

    Raises:
        FilmsError: If there is no film.
    """
    if not film_list:
        raise FilmsError("films: there is no film to work on; set the parameter `films`")
    log = read_log(takedowns_folder)
    films = [replace(film, path=to_root(film.path)) for film in film_list]
    copies = LocalCopies(film_copies.absolute(), preprocessing.fetching)
    known, refused = separate_addresses(films, log)
    listed = ListedFilms(finished_folder, preprocessing, partial(names_taken_down, log=log))
    rows = [
        source_from_root(row) for row in list_films(known, preprocessing, copies, executor, listed)
    ]
    away = finished_folder is not None and any(row["failure"] is not None for row in rows)
    remembered = read_sources(finished_folder) if finished_folder and away else {}
    recalled = [recall_source(row, remembered) for row in rows]
    sources = tabulate_sources([*refuse_rows(recalled, log, copies.folder), *refused])
    log_warnings(sources)
    return sources


def cut_scenes(
    sources: pd.DataFrame,
    preprocessing: PreprocessingOptions,
    executor: str,
    clips_folder: Path,
    shards_folder: Path,
    finished_folder: Path,
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]]:
    """Cut the films into clips; a film that is unchanged since an earlier run is not cut again.

    A film with the same content as another one is refused. A film on which two processes died is
    unreadable. Files that belong to no kept clip any more are set aside, and removed when the run
    has ended well. A film that cannot be reached keeps what was made of it; the node then fails,
    after its tables are saved.

    Args:
        sources: Table of the schema Sources.
        preprocessing: Options that say which scenes are kept, and how clips are written.
        executor: Executor that cuts the films.
        clips_folder: Folder for the clip files.
        shards_folder: Folder for the shards.
        finished_folder: Folder for the records of processed films.

    Yields:
        Once: tables of the schemas ClipLedger and Candidates, and an index of the shards with the
        columns clip_id and shard.

    Raises:
        DiskError: If a file cannot be written.
        InconsistentRun: If films, scenes, clips and files do not agree.
        FilmsOutOfReach: If a film cannot be reached, for a reason that may pass.
    """
    table = check(sources, Sources).sort_values("source_id")
    films, refused = separate_duplicates(table)
    folders = OutputFolders(
        clips_folder.absolute(), shards_folder.absolute(), finished_folder.absolute()
    )
    retention = Retention(folders)
    memories = CuttingMemories.beside(folders.records)
    try:
        retention.restore()
        results = cut_films(films, preprocessing, executor, folders, retention, memories)
        ledger, candidates, index = tabulate_results(results, refused)
        settle_results(results, index, retention, folders)
    except BaseException:
        retention.restore()
        raise
    remember_films(films, results, folders.records, memories)
    check_ledger(table, ledger)
    check_clips(ledger, candidates, index)
    check_files(index, folders.clips, folders.shards, memories.files)
    memories.save()
    yield ledger, candidates, index
    raise_if_out_of_reach(table)


def measure_features(
    candidates: pd.DataFrame,
    clip_shards: ShardReader,
    preprocessing: PreprocessingOptions,
    executor: str,
    finished_folder: Path,
) -> pd.DataFrame:
    """Return the features: measures of the words, the face and the voice of each candidate.

    A film whose shard, words and options are unchanged since an earlier run is not measured again.

    Raises:
        ShardError: If a clip is in no shard, or damaged there.
        InconsistentRun: If candidates and features do not agree.
    """
    table = check(candidates, Candidates).sort_values("clip_id")
    clips: dict[str, list[Row]] = {}
    for row in to_rows(table[["clip_id", "source_id", "subtitle", "language"]]):
        clips.setdefault(row["source_id"], []).append(row)
    records = finished_folder.absolute()
    tasks = [
        MeasuringTask(
            clip_shards.place(f"{film}.tar"),
            clips[film],
            preprocessing.features,
            records / f"{film}{FEATURES_ENDING}",
        )
        for film in sorted(clips)
    ]
    rows = [row for film in measure_films(tasks, executor, records) for row in film]
    features = tabulate(rows, Features, ["clip_id"])
    set_features_aside(finished_folder.absolute(), {task.record.name for task in tasks})
    check_features(table, features)
    return features


def summarise_films(
    sources: pd.DataFrame, clip_ledger: pd.DataFrame, candidates: pd.DataFrame
) -> pd.DataFrame:
    """Return the footage: hours and clips by theme, language, outcome, length and faces."""
    return summarise_footage(sources, clip_ledger, candidates)


def draw_footage(footage: pd.DataFrame) -> Any:
    """Return a plot of the footage as a matplotlib Figure."""
    return plot_footage(footage)


def _warn_of_sample_films(films: str, number: int) -> None:
    logger.warning(
        "%s holds your own films and %d of the sample: all of them are cut; remove sample-* there "
        "if you want yours alone",
        films,
        number,
    )
