"""Which of the processes that share a ledger are alive."""

from __future__ import annotations

import fcntl
import os
import uuid
from pathlib import Path

from libra_emo.llm.ledger.money import BATCH_OWNER


class Presence:
    """Shows other processes that this one is alive, by a lock that its end frees.

    Args:
        folder: Where each owner of open calls has its file.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.owner = uuid.uuid4().hex
        self._folder = folder
        self._path = folder / self.owner
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT)
        fcntl.flock(self._handle, fcntl.LOCK_EX)

    def is_alive(self, owner: str) -> bool:
        """Tell whether an owner's process still runs; the file of one that does not goes.

        A batch is always alive: it is its provider that works, and its end gives back all it holds.
        """
        if owner == self.owner or owner.startswith(BATCH_OWNER):
            return True
        path = self._folder / owner
        try:
            handle = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            path.unlink(missing_ok=True)
            return False
        finally:
            os.close(handle)

    def close(self) -> None:
        """Count as gone."""
        self._path.unlink(missing_ok=True)
        os.close(self._handle)
