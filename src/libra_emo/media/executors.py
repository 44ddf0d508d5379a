"""Where films are worked on: processes of this machine, or a Dask cluster."""

from __future__ import annotations

import logging
import multiprocessing
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from concurrent.futures.process import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from libra_emo.errors import LibraEmoError

logger = logging.getLogger(__name__)

T = TypeVar("T")
Item = TypeVar("Item")

QUIET_SECONDS = 3.0  # work that is done sooner shows no progress
CONNECT_SECONDS = 10.0  # that a Dask scheduler has to answer
LINE_SECONDS = 10.0  # between lines where there is no terminal to draw a bar on


class ExecutorError(LibraEmoError):
    """There is no such executor, or it broke down."""


@contextmanager
def open_executor(spec: str) -> Iterator[Executor]:
    """Open an executor; what is still waiting when the block fails is not begun.

    Args:
        spec: `local` for a process for each usable core, `local:<n>` for n of them, or the
            address of a Dask scheduler.

    Raises:
        ExecutorError: If it is none of these, or the scheduler cannot be reached.
    """
    with _open(spec) as executor:
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise
        executor.shutdown()


def map_in_order(
    executor: Executor,
    function: Callable[[Item], T],
    items: Sequence[Item],
    what: str,
    describe: Callable[[list[T]], str] = lambda done: "",
) -> list[T]:
    """Return `function` of each item, in the items' order, and show progress on stderr.

    Args:
        executor: Where the calls run.
        function: What to call; it and the items travel to other processes.
        items: The arguments.
        what: What the items are, as the progress names them.
        describe: Says something of what is done so far, in the order in which it was done.

    Raises:
        ExecutorError: If a worker process dies.
    """
    futures = [executor.submit(function, item) for item in items]
    done: list[T] = []
    try:
        with _Bar(what, len(items)) as bar:
            waiting: set[Future[T]] = set(futures)
            while waiting:
                finished, waiting = wait(waiting, timeout=1.0, return_when=FIRST_COMPLETED)
                done.extend(future.result() for future in finished)
                bar.show(len(done), describe(done))
    except BrokenExecutor as error:
        raise ExecutorError(
            f"a worker process died after {len(done)} of {len(items)} {what}, perhaps for lack of "
            "memory; run again, with `executor: local:1` if it dies again"
        ) from error
    finally:
        for future in futures:
            future.cancel()
    return [future.result() for future in futures]


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _open(spec: str) -> Iterator[Executor]:
    local = re.fullmatch(r"local(?::([1-9]\d*))?", spec)
    if local:
        workers = int(local[1]) if local[1] else usable_cores()
        yield ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
        return
    if spec.startswith("local:") or not re.fullmatch(r"[a-z]+://.+|[^:/\s]+:\d+", spec):
        raise ExecutorError(
            f"executor: {spec!r} is neither local, local:<workers> nor a Dask scheduler's address"
        )
    try:
        from distributed import Client
    except ImportError as error:
        raise ExecutorError(
            f"executor: {spec!r} needs Dask; install it with `pip install 'libra_emo[dask]'`"
        ) from error
    try:
        client = Client(spec, timeout=CONNECT_SECONDS)
    except OSError as error:
        raise ExecutorError(f"executor: no Dask scheduler answers at {spec!r}: {error}") from error
    with client:
        yield client.get_executor()


class _Bar:
    """A bar where there is a terminal, a line now and then where there is none."""

    def __init__(self, what: str, total: int) -> None:
        self._what, self._total = what, total
        self._progress: Progress | None = None
        self._begun = self._said = time.monotonic()

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def show(self, done: int, more: str) -> None:
        """Tell how many items are done."""
        now = time.monotonic()
        if now - self._begun < QUIET_SECONDS:
            return
        if self._progress is not None or Console(stderr=True).is_terminal:
            self._draw(done, more)
        elif now - self._said >= LINE_SECONDS or done == self._total:
            self._said = now
            logger.info("%s: %d of %d%s", self._what, done, self._total, more and f", {more}")

    def _draw(self, done: int, more: str) -> None:
        if self._progress is None:
            columns: list[Any] = [
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.completed:.0f} of {task.total:.0f} {task.fields[more]}"),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
            ]
            self._progress = Progress(*columns, console=Console(stderr=True))
            self._task = self._progress.add_task(self._what, total=self._total, more=more)
            self._progress.start()
        self._progress.update(self._task, completed=done, more=more)
