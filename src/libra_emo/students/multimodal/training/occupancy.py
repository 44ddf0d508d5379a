"""Who works in a training's folder: a lock, and signs of life that other machines can read.

A lock holds on one machine, and on several only if their shared file system passes it on. So the
starter and one process of each machine also write a file each second while they live. Only the
change of its content counts: clocks of machines differ, and a file system may keep old times.
"""

from __future__ import annotations

import shutil
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from libra_emo.common.liveness import AlreadyHeldError, hold, is_held
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.specification import Start

BEAT_SECONDS = 1.0
QUIET_SECONDS = 4.0  # after which nobody of an earlier start can be alive
ENDED = "ended"
STARTER = "starter"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class TrainingBusy(StudentError):
    """Another process trains in the same folder."""


@contextmanager
def occupy(run: Path, silence_seconds: float) -> Iterator[str]:
    """Hold a training's folder, and give the name of this start.

    The lock is free when this process ends, however it ends; the processes that it started notice
    that and end.

    Args:
        run: Folder of the training.
        silence_seconds: Seconds without a sign of life after which processes on other machines
            end.

    Raises:
        TrainingBusy: If another process holds it, or processes of an earlier start live on.
    """
    try:
        lock = hold(run / files.LOCK, wait_seconds=BEAT_SECONDS)
    except AlreadyHeldError as error:
        raise TrainingBusy(f"{run}: another process trains here; wait for it or end it") from error
    try:
        _wait_for_silence(run, silence_seconds)
        shutil.rmtree(run / files.ALIVE, ignore_errors=True)
        token = uuid.uuid4().hex
        with beating(run / files.ALIVE / STARTER, token):
            yield token
    finally:
        lock.release()


@contextmanager
def beating(path: Path, name: str) -> Iterator[None]:
    """Write a file each second inside the block, and at its end that it has ended."""
    path.parent.mkdir(parents=True, exist_ok=True)
    done = threading.Event()

    def beat() -> None:
        number = 0
        while not done.wait(BEAT_SECONDS):
            number += 1
            write_beat(path, f"{name} {number}")

    write_beat(path, f"{name} 0")
    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        write_beat(path, f"{name} {ENDED}")


def write_beat(path: Path, text: str) -> None:
    """Write a sign of life; a disk that is full for a moment ends no training."""
    with suppress(OSError):
        path.write_text(text, encoding="utf-8")


def identify_machine() -> str:
    """Return a name that this machine shares with no other: its host name and its last start."""
    try:
        boot = _BOOT_ID.read_text(encoding="utf-8").strip()
    except OSError:
        boot = ""
    return f"{socket.gethostname()}-{boot[:8]}"


class StarterWatch:
    """Notices that the process that started a training is gone, on its machine and on others.

    Args:
        run: Folder of the training.
        start: Who started it.
    """

    def __init__(self, run: Path, start: Start) -> None:
        self._run, self._start = run, start
        self._here = start.machine == identify_machine()
        self._last, self._since = "", time.monotonic()

    def gone(self) -> bool:
        """Return whether the starter has ended, or was silent for too long."""
        found = _read(self._run / files.ALIVE / STARTER)
        if found and found != self._last:
            self._last, self._since = found, time.monotonic()
        name, _, state = self._last.partition(" ")
        if self._last and (name != self._start.token or state == ENDED):
            return True
        if self._here and not is_held(self._run / files.LOCK):
            return True
        return time.monotonic() - self._since > self._start.silence_seconds


def _wait_for_silence(run: Path, silence_seconds: float) -> None:
    """Wait for the end of all processes of an earlier start, whose starter was killed.

    Raises:
        TrainingBusy: If an earlier starter is alive on another machine, or processes do not end.
    """
    seen = _read_beats(run)
    if not seen:
        return
    began = quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < QUIET_SECONDS:
        time.sleep(BEAT_SECONDS / 4)
        now = _read_beats(run)
        living = [name for name, text in now.items() if text != seen.get(name)]
        if STARTER in living:
            raise TrainingBusy(
                f"{run}: another machine trains here; wait for it or end its command"
            )
        if living and time.monotonic() - began > silence_seconds + 2 * QUIET_SECONDS:
            raise TrainingBusy(
                f"{run}: processes of an earlier start do not end (on {', '.join(living)}); end "
                "them there"
            )
        if living:
            seen, quiet_since = now, time.monotonic()


def _read_beats(run: Path) -> dict[str, str]:
    try:
        paths = sorted((run / files.ALIVE).iterdir())
    except OSError:
        return {}
    return {path.name: text for path in paths if (text := _read(path))}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
