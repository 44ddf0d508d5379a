"""The executors that a user can choose: processes of this machine, or a Dask cluster."""

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
from libra_emo.execution.workers import CallTooLong, LocalExecutor, WorkerDied

logger = logging.getLogger(__name__)

T = TypeVar("T")
Item = TypeVar("Item")

CONNECT_SECONDS = 10.0  # time in which a Dask scheduler has to answer
POLL_SECONDS = 1.0  # interval at which the progress is updated


class ExecutorError(LibraEmoError):
    """There is no such executor, or it failed."""


@contextmanager
def open_executor(spec: str, modules: Sequence[str] = ()) -> Iterator[Executor]:
    """Open an executor; if the block raises an error, its pending and running calls are cancelled.

    Args:
        spec: `local` for one process for each usable core, `local:<n>` for n processes, or the
            address of a Dask scheduler.
        modules: Modules that are imported once for all processes of this machine.

    Raises:
        ExecutorError: If `spec` is none of these, or the scheduler cannot be reached.
    """
    local = re.fullmatch(r"local(?::([1-9]\d*))?", spec)
    if local:
        yield from _open_local(int(local[1]) if local[1] else usable_cores(), modules)
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
    title: str,
    describe: Callable[[list[T]], str] = lambda results: "",
    *,
    film_seconds: Callable[[Item], float] = lambda item: 0.0,
    name: Callable[[Item], str] = str,
    give_up: Callable[[Item], T] | None = None,
    limit_seconds: Callable[[Item], float] | None = None,
    give_up_late: Callable[[Item], T] | None = None,
) -> list[T]:
    """Return the results of a function for some items, in their order, and show the progress.

    If a worker process dies, its item is tried again after all others, alone and in a new process.
    So a bad item costs no other item, and an item that failed for lack of memory gets all of it.

    Args:
        executor: Executor that calls the function.
        function: Function of one item; it and the items must be picklable.
        items: Items; long films are started first.
        title: Title of the progress display, such as `films cut`.
        describe: Function that describes the results so far, for the progress display.
        film_seconds: Function that returns the length of an item, if items are films.
        name: Function that returns the name of an item for messages.
        give_up: Function that returns a result for an item on which two processes died.
        limit_seconds: Function that returns the longest time that an item may take. Its process is
            then ended, and the item is given up without another trial. Threads have no limit.
        give_up_late: Function that returns a result for such an item; `give_up` by default.

    Raises:
        ExecutorError: If two processes died on an item and there is no `give_up`, if this happened
            for all of several items, or if the Dask cluster is lost.
    """
    seconds = [film_seconds(item) for item in items]
    with ProgressDisplay() as display:
        work = _Batch(
            executor, function, items, title, describe, name, seconds, display, limit_seconds
        )
        died = work.run(sorted(range(len(items)), key=lambda number: -seconds[number]))
        lost = [number for number in died if number not in work.late and work.run([number])]
    lost = [number for number in lost if number not in work.late]
    _give_up_late(work, give_up_late or give_up)
    if lost and (give_up is None or len(lost) == len(items) > 1):
        raise ExecutorError(
            f"{title}: two worker processes died on {name(items[lost[0]])}, and on "
            f"{len(lost) - 1} more of {len(items)}; check for a lack of memory, or a package that "
            "crashes on this machine, and run again"
        )
    if give_up is not None:
        work.results.update({number: give_up(items[number]) for number in lost})
    return [work.results[number] for number in range(len(items))]


def _give_up_late(work: _Batch[Item, T], give_up: Callable[[Item], T] | None) -> None:
    """Set the results of items that took too long."""
    if work.late and give_up is None:
        first = work.name(work.items[min(work.late)])
        raise ExecutorError(f"{work.title}: {first} took longer than its limit; run again")
    if give_up is not None:
        work.results.update({number: give_up(work.items[number]) for number in work.late})


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass
class _Batch(Generic[Item, T]):
    """The items of one `map_in_order`, and the results so far."""

    executor: Executor
    function: Callable[[Item], T]
    items: Sequence[Item]
    title: str
    describe: Callable[[list[T]], str]
    name: Callable[[Item], str]
    seconds: list[float]
    display: ProgressDisplay
    limit_seconds: Callable[[Item], float] | None = None
    results: dict[int, T] = field(default_factory=dict)
    late: set[int] = field(default_factory=set)

    def run(self, numbers: list[int]) -> list[int]:
        """Compute the items of some numbers, and return those on which a process died, sorted."""
        futures = {self._submit(self.items[number]): number for number in numbers}
        died = []
        try:
            for finished in _wait_in_steps(set(futures)):
                for future in finished:
                    if not self._store_result(future, futures[future]):
                        died.append(futures[future])
                self._show_progress()
        except CancelledError as error:
            raise ExecutorError("executor: the cluster is lost; start it, and run again") from error
        finally:
            for future in futures:
                future.cancel()
        return sorted(died)

    def _submit(self, item: Item) -> Future[T]:
        if self.limit_seconds is None or not isinstance(
            self.executor, LocalExecutor | ClusterExecutor
        ):
            return self.executor.submit(self.function, item)
        return self.executor.submit_within(self.limit_seconds(item), self.function, item)

    def _store_result(self, future: Future[T], number: int) -> bool:
        """Store the result of a future; return False if its process died."""
        error = future.exception()
        if error is None or not _is_worker_death(error):
            self.results[number] = future.result()
            return True
        if isinstance(error, CallTooLong):
            self.late.add(number)
        logger.warning("%s: %s", self.name(self.items[number]), str(error).partition("\n")[0])
        return False

    def _show_progress(self) -> None:
        """Show how many items are done and, if they are films, the speed."""
        whole, done = sum(self.seconds), sum(self.seconds[number] for number in self.results)
        speed = f"{done / self.display.elapsed:.1f} film hours per hour" if done else ""
        parts = [speed, self.describe(list(self.results.values()))]
        self.display.update(
            self.title,
            len(self.results),
            len(self.items),
            ", ".join(part for part in parts if part),
            share=done / whole if whole else None,
        )


def _wait_in_steps(pending: set[Future[T]]) -> Iterator[set[Future[T]]]:
    """Yield the futures that have finished since the last step, which may be none."""
    while pending:
        finished, pending = wait(pending, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        yield finished


def _is_worker_death(error: BaseException) -> bool:
    # Dask's error is recognised by its name, because Dask may not be installed
    return isinstance(error, WorkerDied) or type(error).__name__ == "KilledWorker"


def _open_local(workers: int, modules: Sequence[str]) -> Iterator[Executor]:
    executor = LocalExecutor(workers, modules)
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
            f"executor: {address!r} needs Dask: run `.venv/bin/uv pip install -e '.[dask]'`"
        ) from error
    try:
        client = Client(address, timeout=CONNECT_SECONDS)
    except OSError as error:
        raise ExecutorError(
            f"executor: no Dask scheduler answers at {address!r}: {error}"
        ) from error
    with client, ClusterExecutor(client) as executor:
        yield executor
