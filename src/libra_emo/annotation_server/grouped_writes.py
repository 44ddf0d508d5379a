"""Changes of the store that requests make at the same moment, in one transaction."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection
from typing import Any, Final, Generic, TypeVar

import sqlalchemy as sa

from libra_emo.annotation.database.tables import CAMPAIGNS
from libra_emo.annotation.store import VoteStore

Result = TypeVar("Result")
_LOCK: Final = (
    sa.select(CAMPAIGNS.c.name)
    .where(CAMPAIGNS.c.name.in_(sa.bindparam("names", expanding=True)))
    .order_by(CAMPAIGNS.c.name)
    .with_for_update()
)


class _Job(Generic[Result]):
    """A change that waits for its transaction, and what came of it."""

    def __init__(self, change: Callable[[sa.Connection], Result], campaigns: set[str]) -> None:
        self.change, self.campaigns = change, campaigns
        self.done = False
        self.error: Exception | None = None
        self.result: Any = None


class GroupedWrites:
    """Runs changes of the store one after the other, several in one transaction where some wait.

    A disk confirms a few hundred transactions a second, however small they are, and a database of
    SQLite has one writer at a time. So the threads of a process share the transaction: the one
    whose turn it is works for all that wait. A change returns when it is on the disk.

    Args:
        store: Store of the votes.
    """

    def __init__(self, store: VoteStore) -> None:
        self.store = store
        self._turn = threading.Lock()
        self._waiting: deque[_Job[Any]] = deque()

    def run(
        self, change: Callable[[sa.Connection], Result], campaigns: Collection[str] = ()
    ) -> Result:
        """Make a change, and return its result once the transaction is committed.

        Args:
            change: The change. It is called a second time, in a transaction of its own, if another
                one of the same transaction fails, so it may keep nothing from the first call.
            campaigns: Campaigns of whose clips and votes no other process may change anything
                meanwhile.
        """
        job = _Job(change, {*campaigns})
        self._waiting.append(job)
        with self._turn:
            if not job.done:
                self._work([self._waiting.popleft() for _ in range(len(self._waiting))])
        if job.error is not None:
            raise job.error
        result: Result = job.result
        return result

    def _work(self, jobs: list[_Job[Any]]) -> None:
        """Run jobs in one transaction, or each in its own if one of them fails."""
        failed = False
        try:
            with self.store.writing() as connection:
                self._lock(connection, jobs)
                for job in jobs:
                    failed = True
                    job.result = job.change(connection)
                    failed = False
        except Exception as error:
            if failed and len(jobs) > 1:
                for job in jobs:
                    self._work([job])
                return
            for job in jobs:
                job.error = error
        for job in jobs:
            job.done = True

    @staticmethod
    def _lock(connection: sa.Connection, jobs: list[_Job[Any]]) -> None:
        """Lock the campaigns, in the order in which everybody does; SQLite has one lock for all."""
        names = sorted(set().union(*(job.campaigns for job in jobs)))
        if names and connection.dialect.name != "sqlite":
            connection.execute(_LOCK, {"names": names}).all()
