"""Results of earlier runs: what is unchanged is reused."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any, TypeVar

from libra_emo.execution.executors import map_in_order, usable_cores

MOST_AT_ONCE = 32  # tasks

logger = logging.getLogger(__name__)

Task = TypeVar("Task")
T = TypeVar("T")


def find_all(find: Callable[[Task], T], tasks: Sequence[Task]) -> list[T]:
    """Return what a function finds for each task, in their order.

    It runs in threads, since most of the time is spent on reading, or on waiting for a server,
    where anything is read. They get several tasks at once: where nothing is read, handing one over
    would take the most time. Of few tasks each thread gets one, so that none waits for another.
    """
    workers = usable_cores() + 4
    at_once = min(MOST_AT_ONCE, 1 + len(tasks) // (8 * workers))

    def find_some(start: int) -> list[T]:
        return [find(task) for task in tasks[start : start + at_once]]

    with ThreadPoolExecutor(workers) as threads:
        parts = threads.map(find_some, range(0, len(tasks), at_once))
        return [found for part in parts for found in part]


def map_uncached(
    executor: Executor,
    function: Callable[[Task], T],
    tasks: Sequence[Task],
    cached: Sequence[T | None],
    title: str,
    **options: Any,
) -> list[T]:
    """Return the result of each task, in their order, and compute only those that are not cached.

    Args:
        executor: Executor that computes results.
        function: Function that computes the result of a task.
        tasks: All tasks.
        cached: Cached result of each task; None if there is none.
        title: Title of the progress display.
        options: Further arguments of `map_in_order`.
    """
    remaining = [task for task, result in zip(tasks, cached, strict=True) if result is None]
    if len(remaining) < len(tasks):
        reused = len(tasks) - len(remaining)
        logger.info("%s: %d of %d before, and unchanged", title, reused, len(tasks))
    computed = iter(map_in_order(executor, function, remaining, title, **options))
    return [next(computed) if result is None else result for result in cached]
