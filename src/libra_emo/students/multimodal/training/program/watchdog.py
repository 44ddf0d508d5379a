"""A watchdog that ends a training process when the process that started the training is gone."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from libra_emo.students.multimodal.training.occupancy import (
    BEAT_SECONDS,
    StarterWatch,
    identify_machine,
    write_beat,
)
from libra_emo.students.multimodal.training.specification import ALIVE, Start

STATUS = 75


def end_with_starter(run: Path, start: Start | None) -> None:
    """Watch the starter in a thread, and end this process when it is gone, even by SIGKILL.

    The first process of each machine also shows that it lives itself.

    Args:
        run: Folder of the training.
        start: Who started it; None where the program is run by hand.
    """
    if start is not None:
        threading.Thread(target=_watch, args=(run, start), daemon=True).start()


def _watch(run: Path, start: Start) -> None:
    watch = StarterWatch(run, start)
    first = os.environ.get("LOCAL_RANK", "0") == "0"
    path = run / ALIVE / f"{identify_machine()}-{os.environ.get('RANK', '0')}"
    number = 0
    while not watch.gone():
        number += 1
        if first:
            write_beat(path, f"{start.token} {number}")
        time.sleep(BEAT_SECONDS)
    os._exit(STATUS)
