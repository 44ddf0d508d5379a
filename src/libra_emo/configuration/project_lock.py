"""The lock on a project's data: one run at a time, with who holds it and since when."""

from __future__ import annotations

import json
import logging
import os
import platform
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Final

from filelock import BaseFileLock

from libra_emo.common.files import raise_if_disk, write_json
from libra_emo.common.liveness import AlreadyHeldError, hold, is_held
from libra_emo.common.takedowns.journal import finish_takedown
from libra_emo.errors import LibraEmoError

# a run, and a stage in a process of its own that a run has started
RUN: Final = "run"
STAGE: Final = "stage"
# the token of the run that started this process
RUN_TOKEN: Final = "LIBRA_EMO_RUN_TOKEN"  # noqa: S105 - the name of a variable
# a question whether a lock is held takes it for a moment
WAIT_SECONDS: Final = 1.0

logger = logging.getLogger(__name__)
_held_here: set[Path] = set()
_changing = Lock()


class ProjectBusyError(LibraEmoError):
    """Another run works on the project's data."""


@dataclass(frozen=True)
class Holder:
    """The process that holds a lock.

    Attributes:
        command: Command that it runs.
        process: Id of the process.
        machine: Name of its machine.
        since: Time of its start, ISO 8601 in UTC, to the second.
        token: Random name of this holding.
    """

    command: str
    process: int
    machine: str
    since: str
    token: str

    def describe(self) -> str:
        """Return command, process and start in one line."""
        since = self.since.replace("T", " ").replace("+00:00", " UTC")
        return f"`{self.command}` (process {self.process} on {self.machine}, since {since})"


@contextmanager
def lock_project(project: Path, command: str) -> Iterator[None]:
    """Hold the project's data for a command that writes them.

    A block inside such a block of the same process holds nothing more. A process that a holder
    started, as DVC does for a stage, works under its holder's lock; only one such process works at
    a time. The lock ends with its process, however that ends. Commands that only read need none.
    A takedown that was killed while its files were swapped is ended first.

    Args:
        project: Folder of the project.
        command: Name of the command, such as `kedro run`; without its options, which may be secret.

    Raises:
        ProjectBusyError: If another run works on the project, naming it.
        DiskError: If the folder `data` may not be written to.
    """
    folder = (project / "data").resolve()
    with _changing:
        inner = folder in _held_here
        lock = None if inner else _acquire(folder, command)
        _held_here.add(folder)
    try:
        if not inner:
            finish_takedown(project)
        yield
    finally:
        if not inner:
            with _changing:
                _held_here.discard(folder)
                if lock is not None:
                    lock.release()


def find_holder(project: Path) -> Holder | None:
    """Return the run that works on the project's data now; None if there is none."""
    folder = (project / "data").resolve()
    for name in (RUN, STAGE):
        if is_held(_lock_path(folder, name)):
            return _read_holder(folder, name)
    return None


class _Held:
    """A lock with its holder's file and, for a run, the token in the environment."""

    def __init__(self, lock: BaseFileLock, file: Path, holder: Holder) -> None:
        self._lock, self._file = lock, file
        self._before = os.environ.get(RUN_TOKEN)
        os.environ[RUN_TOKEN] = holder.token

    def release(self) -> None:
        if self._before is None:
            os.environ.pop(RUN_TOKEN, None)
        else:
            os.environ[RUN_TOKEN] = self._before
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
        self._lock.release()


def _acquire(folder: Path, command: str) -> _Held | None:
    """Return the lock; None where the disk knows no locks."""
    try:
        return _hold(folder, STAGE if _is_started_by_holder(folder) else RUN, command)
    except NotImplementedError:
        logger.warning("%s: this disk has no locks; start no second run on it", folder)
        return None
    except OSError as error:
        raise_if_disk(error, folder)
        raise


def _hold(folder: Path, name: str, command: str) -> _Held:
    try:
        lock = hold(_lock_path(folder, name), WAIT_SECONDS)
    except AlreadyHeldError as error:
        raise _busy(folder, name) from error
    try:
        # a stage may outlive the run that started it
        if name == RUN and is_held(_lock_path(folder, STAGE)):
            raise _busy(folder, STAGE)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        token = os.environ[RUN_TOKEN] if name == STAGE else uuid.uuid4().hex
        holder = Holder(command, os.getpid(), platform.node() or "this machine", now, token)
        write_json(_holder_path(folder, name), asdict(holder))
        return _Held(lock, _holder_path(folder, name), holder)
    except BaseException:
        lock.release()
        raise


def _is_started_by_holder(folder: Path) -> bool:
    token = os.environ.get(RUN_TOKEN)
    if token is None or not is_held(_lock_path(folder, RUN)):
        return False
    holder = _read_holder(folder, RUN)
    return holder is not None and holder.token == token


def _busy(folder: Path, name: str) -> ProjectBusyError:
    holder = _read_holder(folder, name)
    who = holder.describe() if holder else "another run"
    return ProjectBusyError(
        f"{who} works on this project; wait until it has ended, or end it, and run again"
    )


def _read_holder(folder: Path, name: str) -> Holder | None:
    try:
        return Holder(**json.loads(_holder_path(folder, name).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _lock_path(folder: Path, name: str) -> Path:
    return folder / f".{name}.lock"


def _holder_path(folder: Path, name: str) -> Path:
    return folder / f".{name}.json"
