"""The training program as child processes: started, followed, and ended with their starter."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from libra_emo.common.files import read_lines
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.devices import Machines, runs_elsewhere
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.commands import (
    build_command,
    build_remote_commands,
)
from libra_emo.students.multimodal.training.environment import complete_environment
from libra_emo.students.options.fine_tuning import LauncherOptions

TAIL_LINES = 25
POLL_SECONDS = 0.3
GRACE_SECONDS = 10.0

Process = subprocess.Popen[bytes]


class TrainingFailed(StudentError):
    """The training program ended before it was done."""


def run_program(
    run: Path,
    launcher: LauncherOptions,
    machines: Machines,
    cuda: bool,
    show: Callable[[dict[str, Any]], None],
) -> dict[str, Any]:
    """Start the program on a training's folder, follow it to its end, and return its result.

    The folder must be occupied. The program's processes end whenever this process ends, even if it
    is killed.

    Args:
        run: Folder of the training, which holds its specification.
        launcher: What starts the program.
        machines: Machines, and the number of processes on each.
        cuda: Whether it runs on GPUs.
        show: Called with each line of measurements as it comes.

    Raises:
        TrainingFailed: If the program ends early; the message says why and ends with its log.
    """
    (run / files.ERROR).unlink(missing_ok=True)
    processes: list[Process] = []
    with (run / files.LOG).open("ab") as log:
        try:
            for command in _list_commands(run, launcher, machines, cuda):
                processes.append(_start(command, log, machines, cuda))
            for line in _follow(run, processes):
                show(line)
        finally:
            for process in processes:
                end_group(process)
    failed = [process.returncode for process in processes if process.returncode]
    result = files.read_result(run)
    if failed or result is None:
        raise TrainingFailed(_explain(run, failed[0] if failed else 0))
    return result


def _list_commands(
    run: Path, launcher: LauncherOptions, machines: Machines, cuda: bool
) -> list[list[str]]:
    if runs_elsewhere(launcher):
        return build_remote_commands(run, launcher, machines)
    visible = os.environ.get("CUDA_VISIBLE_DEVICES") if cuda else None
    return [build_command(run, launcher, machines.most, free_port(), visible)]


def _start(command: list[str], log: Any, machines: Machines, cuda: bool) -> Process:
    try:
        return subprocess.Popen(
            command,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=complete_environment(os.environ, machines.most, cuda),
            start_new_session=True,
        )
    except OSError as error:
        raise TrainingFailed(
            f"the training cannot be started: {command[0]}: {error.strerror}"
        ) from error


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port: int = place.getsockname()[1]
    return port


def _follow(run: Path, processes: Sequence[Process]) -> Iterator[dict[str, Any]]:
    """Give the lines of measurements that come until all machines are done, or one has failed."""
    seen = 0
    while True:
        ended = [process.poll() for process in processes]
        running = None in ended and not any(ended)
        lines = read_lines(run / files.MEASUREMENTS)
        seen = min(seen, len(lines))  # a program that resumes from a checkpoint cuts the file
        yield from lines[seen:]
        seen = len(lines)
        if not running:
            return
        time.sleep(POLL_SECONDS)


def end_group(process: Process) -> None:
    """End a process and all that it started on this machine, if they still run."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def _explain(run: Path, status: int) -> str:
    message = _read_error(run)
    if message:
        return message
    log = run / files.LOG
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    ending = f"signal {-status}" if status < 0 else f"status {status}"
    return (
        f"the training ended with {ending} before it was done; run the same command again to "
        f"resume from the last checkpoint. The end of {log}:\n"
        + "\n".join(f"  {line}" for line in lines)
    )


def _read_error(run: Path) -> str:
    try:
        return str(json.loads((run / files.ERROR).read_text(encoding="utf-8"))["message"])
    except (OSError, ValueError, KeyError):
        return ""
