"""The cutting of many films: what is unchanged is reused, and what is outdated is set aside."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from pathlib import Path

import pandas as pd

from libra_emo.common.parts import remove_abandoned
from libra_emo.media.films import (
    FEATURES_ENDING,
    RECORD_ENDING,
    SOURCE_ENDING,
    FilmResult,
    OutputFolders,
    Retention,
    find_cached_film,
    make_film_task,
    mark_unreadable,
    process_and_cache_film,
    read_texts,
)
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.shards import remove_orphans
from libra_emo.pipelines.preprocessing.memories import CuttingMemories
from libra_emo.pipelines.preprocessing.places import source_to_root
from libra_emo.pipelines.preprocessing.processes import open_executor
from libra_emo.pipelines.preprocessing.reach import is_failed, name_outages
from libra_emo.pipelines.preprocessing.tables import Row
from libra_emo.pipelines.preprocessing.unchanged import find_all, map_uncached

TOO_LONG = "cutting it takes longer than preprocessing.time_limits allows"
PROCESS_DIED = "the process that worked on it died, and again when it worked on it alone"


def cut_films(
    films: list[Row],
    options: PreprocessingOptions,
    executor: str,
    folders: OutputFolders,
    retention: Retention,
    memories: CuttingMemories,
) -> list[FilmResult]:
    """Return the result of each film; a film that is unchanged since an earlier run is not cut.

    Args:
        films: Rows of the sources.
        options: Options that say which scenes are kept, and how clips are written.
        executor: Executor that cuts the films.
        folders: Folders for clip files, shards and records.
        retention: Retention of what was made of films that are cut anew.
        memories: What is remembered of films that were cut.
    """
    tasks = [
        make_film_task(
            source_to_root(film),
            options,
            partial(read_texts, film["source_id"], folders.records),
            memories.files,
        )
        for film in films
    ]
    find = partial(find_cached_film, folders=folders, memory=memories.files, records=memories.films)
    cached = find_all(find, tasks)
    anew = {task.source_id for task, result in zip(tasks, cached, strict=True) if result is None}
    if anew:
        memories.save()  # what was checked need not be checked again if this run is killed
        retention.set_films_aside(anew)
    try:
        with open_executor(executor) as pool:
            results = map_uncached(
                pool,
                partial(process_and_cache_film, options=options, folders=folders),
                tasks,
                cached,
                "films cut",
                describe=_count_clips,
                film_seconds=attrgetter("seconds"),
                name=attrgetter("source_id"),
                give_up=partial(mark_unreadable, reason=PROCESS_DIED),
                limit_seconds=lambda task: options.time_limits.limit_cutting(
                    task.seconds, task.size
                ),
                give_up_late=partial(mark_unreadable, reason=TOO_LONG),
            )
    except BaseException:
        _remove_abandoned(folders)
        raise
    name_outages(results, films)
    return results


def settle_results(
    results: list[FilmResult], index: pd.DataFrame, retention: Retention, folders: OutputFolders
) -> None:
    """Set aside what belongs to no current result, and remove what killed runs left half."""
    _remove_abandoned(folders)
    remove_abandoned(folders.records, ".json")
    failed = {result.source_id for result in results if is_failed(result)}
    cut = [result.source_id for result in results if not is_failed(result)]
    endings = (RECORD_ENDING, FEATURES_ENDING, SOURCE_ENDING)
    retention.settle(
        {
            "clips": {
                f"{result.source_id}/{clip['clip_id']}.mp4"
                for result in results
                for clip in result.candidates
            },
            "shards": set(index["shard"]),
            "records": {f"{film}{ending}" for film in cut for ending in endings},
        },
        failed,
    )
    remove_orphans(folders.shards)


def set_features_aside(records: Path, current: set[str]) -> None:
    """Set the records of features aside that are not current."""
    remove_abandoned(records, FEATURES_ENDING)
    folders = OutputFolders(records, records, records)
    Retention(folders).set_records_aside(FEATURES_ENDING, current)


def _remove_abandoned(folders: OutputFolders) -> None:
    remove_abandoned(folders.clips, ".mp4")  # an earlier version wrote all clips there
    for place in folders.clips.glob("*/"):
        remove_abandoned(place, ".mp4")
    remove_abandoned(folders.shards, ".tar")


def _count_clips(results: list[FilmResult]) -> str:
    return f"{sum(len(result.candidates) for result in results)} clips kept"
