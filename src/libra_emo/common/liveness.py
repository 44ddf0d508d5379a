"""Liveness of processes: locks that the end of their holder frees, and names of processes."""

from __future__ import annotations

import hashlib
import os
import platform
from contextlib import suppress
from functools import cache
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


def name_process() -> str:
    """Return a name of this process that no other one has, on this machine and on others.

    It is made of the machine, the process's id, and the time at which it started: ids come again.
    """
    process = os.getpid()
    return f"{_name_machine()}-{process}-{_read_start(process) or 0}"


def is_process_alive(name: str) -> bool | None:
    """Return whether a process that `name_process` named is alive; None on another machine."""
    machine, process, start = name.split("-")
    if machine != _name_machine():
        return None
    found = _read_start(int(process))
    if found is not None:
        return found == int(start)
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@cache
def _name_machine() -> str:
    """Return a name of the machine since its start, and of the container where there is one."""
    known = [platform.node()]
    with suppress(OSError):
        known.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii"))
    with suppress(OSError):
        known.append(str(Path("/proc/self/ns/pid").readlink()))
    return hashlib.sha256("\0".join(known).encode()).hexdigest()[:8]


def _read_start(process: int) -> int | None:
    """Return when a process started, in clock ticks since the machine's start, where known.

    A process that was killed has an entry until its parent reaps it, which may take a while if the
    parent was killed, too; it gives -1.
    """
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # the second field is the program's name in brackets, which may hold spaces and brackets
    state, *fields = text.rpartition(")")[2].split()
    return -1 if state in "ZX" else int(fields[18])
