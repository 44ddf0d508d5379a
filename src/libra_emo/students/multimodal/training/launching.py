"""Starting the program that trains, following it, and ending with it."""

from __future__ import annotations

import fcntl
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
from typing import IO, Any

from libra_emo.common.files import read_lines
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.options import LauncherOptions

PROGRAM = "libra_emo.students.multimodal.training.program"
HOST = "LIBRA_EMO_TRAINING_HOST"
TAIL_LINES = 25
POLL_SECONDS = 0.3
GRACE_SECONDS = 10.0
WATCH_SECONDS = 1.0
# what another launcher, around this process, would tell the program
_FOREIGN = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


class TrainingFailed(StudentError):
    """The program that trains ended before it was done."""


class TrainingBusy(StudentError):
    """Another process trains in the same folder."""


def build_command(
    run: Path, launcher: LauncherOptions, processes_here: int, port: int
) -> list[str]:
    """Return the command line that starts the program.

    Args:
        run: The training's folder, which holds its specification.
        launcher: What starts it.
        processes_here: On each machine.
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
    tell: Callable[[dict[str, Any]], None],
) -> dict[str, Any]:
    """Start the program on a training's folder, follow it to its end, and return its result.

    When this process ends, however, the program's processes end too.

    Args:
        run: The training's folder, which holds its specification.
        launcher: What starts it.
        processes_here: On each machine.
        cuda: Whether it runs on GPUs.
        tell: Is given each line of measurements as it comes.

    Raises:
        TrainingFailed: If the program ends early; the message says why and ends with its log.
        TrainingBusy: If another process trains in this folder.
    """
    command = build_command(run, launcher, processes_here, free_port())
    (run / files.TROUBLE).unlink(missing_ok=True)
    with _hold(run), (run / files.LOG).open("ab") as log:
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
                tell(line)
        finally:
            _end(process)
    result = files.read_result(run)
    if process.returncode != 0 or result is None:
        raise TrainingFailed(_explain(run, process.returncode))
    return result


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port: int = place.getsockname()[1]
    return port


@contextmanager
def _hold(run: Path) -> Iterator[None]:
    """Hold the training's folder; the system lets go of it when this process dies.

    The file names its holder while it is held. If it names one although it is free, the holder
    was killed, and its program may need a moment to see that.
    """
    with (run / files.LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise TrainingBusy(
                f"{run}: another process trains here; wait for it or end it"
            ) from error
        lock.seek(0)
        killed = bool(lock.read())
        _name_holder(lock, f"{os.getpid()} {time.time_ns()}")
        if killed:
            time.sleep(2 * WATCH_SECONDS)
        yield
        _name_holder(lock, "")


def _name_holder(lock: IO[str], name: str) -> None:
    lock.seek(0)
    lock.truncate()
    lock.write(name)
    lock.flush()


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
        seen = min(seen, len(lines))  # a program that goes on from a checkpoint cuts the file
        yield from lines[seen:]
        seen = len(lines)
        if not running:
            return
        time.sleep(POLL_SECONDS)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the launcher and all that it started, if they still run."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:
            return
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def _explain(run: Path, status: int) -> str:
    told = _read_trouble(run)
    if told:
        return told
    log = run / files.LOG
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    how = f"signal {-status}" if status < 0 else f"status {status}"
    return (
        f"the training ended with {how} before it was done; run the same command again to go on "
        f"from the last checkpoint. The end of {log}:\n" + "\n".join(f"  {line}" for line in lines)
    )


def _read_trouble(run: Path) -> str:
    try:
        return str(json.loads((run / files.TROUBLE).read_text(encoding="utf-8"))["message"])
    except (OSError, ValueError, KeyError):
        return ""
