"""The one thread that writes to a ledger."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, NamedTuple

from libra_emo.llm.ledger.connection import Connection

LARGEST_BATCH: Final = 128
Work = Callable[[Connection], Any]


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

    Args:
        connection: Connection that nothing else uses.
        begin: Function that begins a transaction; its second argument says whether it is durable.
        explain: Function that turns an error of SQLite into the one that callers get.
        make_room: Function that frees room on the disk, called once before a failed commit is
            tried again.
    """

    def __init__(
        self,
        connection: Connection,
        begin: Callable[[Connection, bool], None],
        explain: Callable[[sqlite3.Error], Exception] = lambda error: error,
        make_room: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(name="answers-ledger", daemon=True)
        self._connection = connection
        self._begin = begin
        self._explain = explain
        self._make_room = make_room
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
            self._commit([item for item in batch if item.future.set_running_or_notify_cancel()])
            if closing:
                return

    def _commit(self, wanted: list[_Item]) -> None:
        """Do pieces of work in one transaction, and once more if it fails for lack of room."""
        try:
            ended = self._try(wanted)
        except sqlite3.Error as error:
            try:
                if "full" not in str(error) and "disk I/O" not in str(error):
                    raise
                self._make_room()
                ended = self._try(wanted)
            except sqlite3.Error as last:
                ended = [(item.future, None, self._explain(last)) for item in wanted]
        for future, result, failure in ended:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)

    def _try(self, wanted: list[_Item]) -> list[tuple[Future[Any], Any, Exception | None]]:
        """Return the outcome of each piece of work, all of it committed."""
        ended: list[tuple[Future[Any], Any, Exception | None]] = []
        try:
            self._begin(self._connection, any(item.durable for item in wanted))
            for item in wanted:
                ended.append(self._do(item))
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return ended

    def _do(self, item: _Item) -> tuple[Future[Any], Any, Exception | None]:
        """Do one piece of work; only an error that ends the transaction is raised."""
        self._connection.execute("SAVEPOINT one")
        try:
            result, failure = item.work(self._connection), None
        except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            if not isinstance(error, sqlite3.IntegrityError):
                raise
            result, failure = None, self._explain(error)
            self._connection.execute("ROLLBACK TO one")
        except Exception as error:  # the future hands it to the caller
            result, failure = None, error
            self._connection.execute("ROLLBACK TO one")
        self._connection.execute("RELEASE one")
        return item.future, result, failure
