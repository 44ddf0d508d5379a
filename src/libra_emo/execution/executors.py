"""Where films are worked on: processes of this machine, or a Dask cluster."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from libra_emo.common.progress import ProgressDisplay
from libra_emo.errors import LibraEmoError
from libra_emo.execution.cluster import ClusterExecutor
from libra_emo.execution.workers import LocalExecutor, WorkerDied

logger = logging.getLogger(__name__)

T = TypeVar("T")
Item = TypeVar("Item")

CONNECT_SECONDS = 10.0  # that a Dask scheduler has to answer
LOOK_SECONDS = 1.0  # between looks at what is done


class ExecutorError(LibraEmoError):
    """There is no such executor, or it broke down."""


@contextmanager
def open_executor(spec: str) -> Iterator[Executor]:
    """Open an executor; what waits or is at work when the block fails is given up.

    Args:
        spec: `local` for a process for each usable core, `local:<n>` for n of them, or the
            address of a Dask scheduler.

    Raises:
        ExecutorError: If it is none of these, or the scheduler cannot be reached.
    """
    local = re.fullmatch(r"local(?::([1-9]\d*))?", spec)
    if local:
        yield from _open_local(int(local[1]) if local[1] else usable_cores())
    elif spec.startswith("local:") or not re.fullmatch(r"[a-z]+://.+|[^:/\s]+:\d+", spec):
        raise ExecutorError(
            f"executor: {spec!r} is neither local, local:<workers> nor a Dask scheduler's address"
        )
    else:
        yield from _open_dask(spec)


def map_in_order(
    executor: Executor,
    function: Callable[[Item], T],
    items: Sequence[Item],
    what: str,
    describe: Callable[[list[T]], str] = lambda done: "",
    *,
    film_seconds: Callable[[Item], float] = lambda item: 0.0,
    name: Callable[[Item], str] = str,
    give_up: Callable[[Item], T] | None = None,
) -> list[T]:
    """Return `function` of each item, in the items' order, and show progress on stderr.

    An item on which a worker process died is tried again when all others are done, alone and in a
    fresh process, so that neither a bad item nor a crowded machine costs more than it must.

    Args:
        executor: Where the calls run.
        function: What to call; it and the items travel to other processes.
        items: The arguments; long films are begun first.
        what: What the items are, as the progress names them.
        describe: Says something of what is done so far, in the order in which it was done.
        film_seconds: How long an item is, where items are films.
        name: How an item is called in messages.
        give_up: What stands for the result of an item on which two processes died.

    Raises:
        ExecutorError: If two processes died on an item and there is no `give_up`, if they did on
            each of several items, or if the Dask cluster is lost.
    """
    seconds = [film_seconds(item) for item in items]
    with ProgressDisplay() as display:
        work = _Work(executor, function, items, what, describe, name, seconds, display)
        died = work.do(sorted(range(len(items)), key=lambda number: -seconds[number]))
        lost = [number for number in died if work.do([number])]
    if lost and (give_up is None or len(lost) == len(items) > 1):
        raise ExecutorError(
            f"{what}: two worker processes died on {name(items[lost[0]])}, and on "
            f"{len(lost) - 1} more of {len(items)}; look for a lack of memory, or a package that "
            "crashes on this machine, and run again"
        )
    if give_up is not None:
        work.results.update({number: give_up(items[number]) for number in lost})
    return [work.results[number] for number in range(len(items))]


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass
class _Work(Generic[Item, T]):
    """The items, and the results of those that are done."""

    executor: Executor
    function: Callable[[Item], T]
    items: Sequence[Item]
    what: str
    describe: Callable[[list[T]], str]
    name: Callable[[Item], str]
    seconds: list[float]
    display: ProgressDisplay
    results: dict[int, T] = field(default_factory=dict)

    def do(self, numbers: list[int]) -> list[int]:
        """Work on the items of some numbers, and return those on which a process died, sorted."""
        futures = {self.executor.submit(self.function, self.items[n]): n for n in numbers}
        died = []
        try:
            for finished in _waves(set(futures)):
                for future in finished:
                    if not self._take(future, futures[future]):
                        died.append(futures[future])
                self._show()
        except CancelledError as error:
            raise ExecutorError("executor: the cluster is gone; start it, and run again") from error
        finally:
            for future in futures:
                future.cancel()
        return sorted(died)

    def _take(self, future: Future[T], number: int) -> bool:
        """Keep a future's result; false when a process died of it."""
        error = future.exception()
        if error is None or not _is_death(error):
            self.results[number] = future.result()
            return True
        logger.warning("%s: %s", self.name(self.items[number]), str(error).partition("\n")[0])
        return False

    def _show(self) -> None:
        """Show how many items are done, and where they are films, how fast."""
        whole, done = sum(self.seconds), sum(self.seconds[number] for number in self.results)
        speed = f"{done / self.display.elapsed:.1f} film hours per hour" if done else ""
        parts = [speed, self.describe(list(self.results.values()))]
        self.display.update(
            self.what,
            len(self.results),
            len(self.items),
            ", ".join(part for part in parts if part),
            share=done / whole if whole else None,
        )


def _waves(waiting: set[Future[T]]) -> Iterator[set[Future[T]]]:
    """Yield what has been done since the last look, which may be nothing."""
    while waiting:
        finished, waiting = wait(waiting, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
        yield finished


def _is_death(error: BaseException) -> bool:
    # Dask's own error is known by its name, since Dask need not be installed
    return isinstance(error, WorkerDied) or type(error).__name__ == "KilledWorker"


def _open_local(workers: int) -> Iterator[Executor]:
    executor = LocalExecutor(workers)
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    executor.shutdown()


def _open_dask(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError as error:
        raise ExecutorError(
            f"executor: {address!r} needs Dask; install it with `pip install 'libra_emo[dask]'`"
        ) from error
    try:
        client = Client(address, timeout=CONNECT_SECONDS)
    except OSError as error:
        raise ExecutorError(
            f"executor: no Dask scheduler answers at {address!r}: {error}"
        ) from error
    with client, ClusterExecutor(client) as executor:
        yield executor
