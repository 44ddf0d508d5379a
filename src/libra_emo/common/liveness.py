"""Liveness of processes: a lock on a file that the end of its holder frees, however it ends."""

from __future__ import annotations

from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from libra_emo.errors import LibraEmoError


class AlreadyHeldError(LibraEmoError):
    """Another process holds the lock on a file."""


def hold(path: Path, wait_seconds: float = 0.0) -> BaseFileLock:
    """Return a lock on a file, held until it is released, used as a block, or the process ends.

    The lock says that its holder is alive and nothing else: locking a file empties it, so the
    holder's name belongs into another file.

    Args:
        path: File of the lock; it is made when it is missing, and stays.
        wait_seconds: How long to wait for another holder.

    Raises:
        AlreadyHeldError: If another process holds it, or this one by another lock.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, thread_local=False)
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout as error:
        raise AlreadyHeldError(f"{path}: another process holds this file") from error
    return lock


def is_held(path: Path) -> bool:
    """Return whether a living process, this one included, holds the lock on a file.

    The question takes the lock for a moment. A holder that may be asked about while it begins
    should therefore `hold` with some `wait_seconds`.
    """
    if not path.exists():
        return False
    try:
        hold(path).release()
    except AlreadyHeldError:
        return True
    return False
