"""Liveness of the processes that share a ledger: each owner of open calls holds a lock."""

from __future__ import annotations

import uuid
from pathlib import Path

from libra_emo.common.liveness import hold, is_held
from libra_emo.llm.ledger.money import BATCH_OWNER


class OwnerLocks:
    """The lock of this owner, and the locks of the other owners of a ledger's calls.

    Args:
        folder: Folder of the lock files, one for each owner.
    """

    def __init__(self, folder: Path) -> None:
        self.owner = uuid.uuid4().hex
        self._folder = folder
        self._path = folder / self.owner
        self._lock = hold(self._path)

    def is_alive(self, owner: str) -> bool:
        """Return whether an owner's process still runs; the file of one that ended is deleted.

        A batch counts as alive: its provider works on it, and its end frees all that it reserves.
        """
        if owner == self.owner or owner.startswith(BATCH_OWNER):
            return True
        path = self._folder / owner
        if is_held(path):
            return True
        path.unlink(missing_ok=True)
        return False

    def close(self) -> None:
        """Let this owner count as ended."""
        self._path.unlink(missing_ok=True)
        self._lock.release()
