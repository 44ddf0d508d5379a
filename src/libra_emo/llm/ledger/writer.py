"""The one thread that writes to a ledger."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, NamedTuple

LARGEST_BATCH: Final = 128
Work = Callable[[sqlite3.Connection], Any]


class _Item(NamedTuple):
    """A piece of work in the queue."""

    work: Work
    future: Future[Any]
    durable: bool


class Writer(threading.Thread):
    """Does one piece of work after another; the pieces in the queue share one transaction.

    Work counts as done when its commit has reached the disk. Because calls that end at the same
    time share a commit, none waits for the commit of another. Work that is not durable survives
    any end of its process, but perhaps not a power cut right after.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(name="answers-ledger", daemon=True)
        self._connection = connection
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self.start()

    def submit(self, work: Work, durable: bool = True) -> Future[Any]:
        """Return the future of a piece of work; it is done when the work is written."""
        future: Future[Any] = Future()
        self._queue.put(_Item(work, future, durable))
        return future

    def close(self) -> None:
        """Finish the queue and end."""
        self._queue.put(None)
        self.join()
        self._connection.close()

    def run(self) -> None:
        """Work until closed."""
        while (first := self._queue.get()) is not None:
            batch, closing = [first], False
            while len(batch) < LARGEST_BATCH and not closing:
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
                if item is None:
                    closing = True
                else:
                    batch.append(item)
            self._commit(batch)
            if closing:
                return

    def _commit(self, batch: list[_Item]) -> None:
        wanted = [item for item in batch if item.future.set_running_or_notify_cancel()]
        ended: list[tuple[Future[Any], Any, BaseException | None]] = []
        level = "FULL" if any(item.durable for item in wanted) else "NORMAL"
        try:
            self._connection.execute(f"PRAGMA synchronous={level}")
            self._connection.execute("BEGIN IMMEDIATE")
            for work, future, _ in wanted:
                self._connection.execute("SAVEPOINT one")
                try:
                    ended.append((future, work(self._connection), None))
                except Exception as error:  # the future hands it to the caller
                    self._connection.execute("ROLLBACK TO one")
                    ended.append((future, None, error))
                self._connection.execute("RELEASE one")
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            ended = [(future, None, error) for _, future, _ in wanted]
        for future, result, failure in ended:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)
