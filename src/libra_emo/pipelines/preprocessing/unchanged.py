"""Work that is done only where it is not done yet."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any, TypeVar

from libra_emo.execution.executors import map_in_order

logger = logging.getLogger(__name__)

Task = TypeVar("Task")
T = TypeVar("T")


def map_unless_done(
    executor: Executor,
    function: Callable[[Task], T],
    tasks: Sequence[Task],
    done: Sequence[T | None],
    what: str,
    **how: Any,
) -> list[T]:
    """Return the result of each task, in their order; only those that are not done are worked on.

    Args:
        executor: Where the work is done.
        function: What is done with a task.
        tasks: All of them.
        done: The result of each task from an earlier run, None where there is none.
        what: What the tasks are, as the progress names them.
        how: Further arguments of `map_in_order`.
    """
    left = [task for task, result in zip(tasks, done, strict=True) if result is None]
    if len(left) < len(tasks):
        logger.info("%s: %d of %d before, and unchanged", what, len(tasks) - len(left), len(tasks))
    new = iter(map_in_order(executor, function, left, what, **how))
    return [next(new) if result is None else result for result in done]
