"""A watchdog that ends a training process when the process that started the training is gone."""

from __future__ import annotations

import os
import socket
import threading
import time
from pathlib import Path

from libra_emo.common.liveness import is_held
from libra_emo.students.multimodal.training.launcher import HOST, WATCH_SECONDS
from libra_emo.students.multimodal.training.specification import LOCK, STARTER

STATUS = 75


def end_with_starter(run: Path) -> None:
    """Watch, in a thread, the lock that the starter holds; end this process when it is free.

    The system frees the lock when its holder ends, even by SIGKILL. Processes on other machines
    are left alone: they end when those on this machine no longer answer.
    """
    if os.environ.get(HOST) == socket.gethostname():
        threading.Thread(target=_watch, args=(run,), daemon=True).start()


def _watch(run: Path) -> None:
    starter = _read_starter(run)
    while is_held(run / LOCK) and _read_starter(run) == starter:
        time.sleep(WATCH_SECONDS)
    os._exit(STATUS)


def _read_starter(run: Path) -> str:
    try:
        return (run / STARTER).read_text(encoding="utf-8")
    except OSError:
        return ""
