"""Ending a training's process when whoever started it is no more."""

from __future__ import annotations

import fcntl
import os
import socket
import threading
import time
from pathlib import Path

from libra_emo.students.multimodal.training.launching import HOST, WATCH_SECONDS
from libra_emo.students.multimodal.training.specification import LOCK

STATUS = 75


def end_with_starter(run: Path) -> None:
    """Watch, in a thread, the lock that the starter holds; end this process when it is free.

    The system frees the lock with its holder's last breath, be it a SIGKILL. Processes on other
    machines are left alone: they end when those here no longer answer.
    """
    if os.environ.get(HOST) == socket.gethostname():
        threading.Thread(target=_watch, args=(run / LOCK,), daemon=True).start()


def _watch(lock: Path) -> None:
    starter = _holder(lock)
    while not _is_free(lock) and _holder(lock) == starter:
        time.sleep(WATCH_SECONDS)
    os._exit(STATUS)


def _holder(lock: Path) -> str:
    try:
        return lock.read_text(encoding="utf-8")
    except OSError:
        return ""


def _is_free(lock: Path) -> bool:
    try:
        with lock.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return True
    except BlockingIOError:
        return False
    except OSError:
        return True  # the folder itself is gone
