"""The training program as a child process: started, followed, and ended with its starter."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from libra_emo.common.files import read_lines
from libra_emo.common.liveness import AlreadyHeldError, hold
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.options.fine_tuning import LauncherOptions

PROGRAM = "libra_emo.students.multimodal.training.program.main"
HOST = "LIBRA_EMO_TRAINING_HOST"
TAIL_LINES = 25
POLL_SECONDS = 0.3
GRACE_SECONDS = 10.0
WATCH_SECONDS = 1.0
# variables of another launcher around this process, which the program must not take for its own
_FOREIGN = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


class TrainingFailed(StudentError):
    """The training program ended before it was done."""


class TrainingBusy(StudentError):
    """Another process trains in the same folder."""


def build_command(
    run: Path, launcher: LauncherOptions, processes_here: int, port: int
) -> list[str]:
    """Return the command line that starts the program.

    Args:
        run: Folder of the training, which holds its specification.
        launcher: What starts the program.
        processes_here: Number of processes on each machine.
        port: A free port of this machine, where the processes meet.
    """
    program = [PROGRAM, "--folder", str(run.resolve())]
    if launcher.kind == "none":
        return [sys.executable, "-m", *program]
    if launcher.kind == "torchrun":
        here = ["--nnodes", "1", "--nproc-per-node", str(processes_here)]
        meet = ["--master-addr", "127.0.0.1", "--master-port", str(port)]
        return [sys.executable, "-m", "torch.distributed.run", *here, *meet, "-m", *program]
    where = ["--num_gpus", str(processes_here), "--master_addr", "127.0.0.1"]
    if launcher.hostfile is not None:
        where = ["--hostfile", str(launcher.hostfile.resolve())]
    starter = [sys.executable, "-m", "deepspeed.launcher.runner", *where]
    return [*starter, "--master_port", str(port), "--module", *program]


def run_program(
    run: Path,
    launcher: LauncherOptions,
    processes_here: int,
    cuda: bool,
    show: Callable[[dict[str, Any]], None],
) -> dict[str, Any]:
    """Start the program on a training's folder, follow it to its end, and return its result.

    The program's processes end whenever this process ends, even if it is killed.

    Args:
        run: Folder of the training, which holds its specification.
        launcher: What starts the program.
        processes_here: Number of processes on each machine.
        cuda: Whether it runs on GPUs.
        show: Called with each line of measurements as it comes.

    Raises:
        TrainingFailed: If the program ends early; the message says why and ends with its log.
        TrainingBusy: If another process trains in this folder.
    """
    command = build_command(run, launcher, processes_here, free_port())
    (run / files.ERROR).unlink(missing_ok=True)
    with _occupy(run), (run / files.LOG).open("ab") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=_environment(os.environ, processes_here, cuda),
            start_new_session=True,
        )
        try:
            for line in _follow(run, process):
                show(line)
        finally:
            _end(process)
    result = files.read_result(run)
    if process.returncode != 0 or result is None:
        raise TrainingFailed(_explain(run, process.returncode))
    return result


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port: int = place.getsockname()[1]
    return port


@contextmanager
def _occupy(run: Path) -> Iterator[None]:
    """Hold the lock of a training's folder; the system frees it when this process dies.

    A file beside the lock names this process until it is done. If the file is there before, an
    earlier process was killed, and its program may need a moment to notice that.
    """
    starter = run / files.STARTER
    try:
        lock = hold(run / files.LOCK, wait_seconds=WATCH_SECONDS)
    except AlreadyHeldError as error:
        raise TrainingBusy(f"{run}: another process trains here; wait for it or end it") from error
    try:
        killed = starter.exists()
        starter.write_text(f"{os.getpid()} {time.time_ns()}", encoding="utf-8")
        if killed:
            time.sleep(2 * WATCH_SECONDS)
        yield
        starter.unlink(missing_ok=True)
    finally:
        lock.release()


def _environment(given: Mapping[str, str], processes_here: int, cuda: bool) -> dict[str, str]:
    environment = {name: value for name, value in given.items() if name not in _FOREIGN}
    threads = max(1, (os.cpu_count() or 1) // max(1, processes_here))
    environment.setdefault("OMP_NUM_THREADS", str(threads))
    environment.setdefault("TOKENIZERS_PARALLELISM", "false")
    environment["DS_ACCELERATOR"] = "cuda" if cuda else "cpu"
    return {**environment, HOST: socket.gethostname(), "PYTHONUNBUFFERED": "1"}


def _follow(run: Path, process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """Give the lines of measurements that come while the program runs."""
    seen = 0
    while True:
        running = process.poll() is None
        lines = read_lines(run / files.MEASUREMENTS)
        seen = min(seen, len(lines))  # a program that resumes from a checkpoint cuts the file
        yield from lines[seen:]
        seen = len(lines)
        if not running:
            return
        time.sleep(POLL_SECONDS)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the launcher and all processes that it started, if they still run."""
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
