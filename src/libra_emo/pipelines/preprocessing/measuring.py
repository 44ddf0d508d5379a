"""The measuring of the clips of many films: what is unchanged is reused."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from libra_emo.common.integrity.content_memory import ContentMemory
from libra_emo.common.integrity.stamps import FileMemory
from libra_emo.media.films import MeasuringTask, find_cached_features, measure_film
from libra_emo.pipelines.preprocessing.memories import CHECKED_SHARDS, FEATURE_RECORDS
from libra_emo.pipelines.preprocessing.processes import open_executor
from libra_emo.pipelines.preprocessing.tables import Row
from libra_emo.pipelines.preprocessing.unchanged import find_all, map_uncached


def measure_films(tasks: list[MeasuringTask], executor: str, records: Path) -> list[list[Row]]:
    """Return rows of the features for each film; one that was measured before is not measured.

    Args:
        tasks: The films.
        executor: Executor that measures clips.
        records: Folder of the records of films.
    """
    memory = FileMemory(records.with_name(CHECKED_SHARDS))
    known = ContentMemory(records.with_name(FEATURE_RECORDS))
    cached = find_all(partial(find_cached_features, memory=memory, records=known), tasks)
    memory.save()
    known.save()
    with open_executor(executor) as pool:
        return map_uncached(
            pool,
            measure_film,
            tasks,
            cached,
            "films measured",
            name=lambda task: task.shard.stem,
        )
