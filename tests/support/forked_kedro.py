"""`kedro` in processes forked from one that has imported everything: they start at once."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

TESTS = Path(__file__).parents[1]
IMPORTED_ONCE = "support.imported_once"
MINUTES = 15


@dataclass(frozen=True)
class Command:
    """A command that has ended.

    Attributes:
        status: Its exit status; negative for a signal.
        output: What it wrote, errors among it.
    """

    status: int
    output: str

    @property
    def stages(self) -> list[str]:
        """Names of the stages that it ran, in their order."""
        begun = "Running stage '"
        lines = [line for line in self.output.splitlines() if line.startswith(begun)]
        return [line.removeprefix(begun).rstrip("'") for line in lines]


def kedro(project: Path, *arguments: str, status: int | None = 0) -> Command:
    """Run `kedro` with arguments in a project, and check with which status it ends.

    Args:
        project: The project's folder.
        *arguments: The arguments.
        status: Status that is expected; None for any.
    """
    with TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        process = _start(project, arguments, output)
        process.join(MINUTES * 60)
        assert not process.is_alive(), arguments
        done = Command(int(process.exitcode or 0), output.read_text(encoding="utf-8"))
    assert status is None or done.status == status, done.output[-6000:]
    return done


def stop_during(project: Path, stage: str, number: int, written: str = "") -> Command | None:
    """Start `kedro reproduce`, and send a signal to it while a stage works.

    Args:
        project: The project's folder.
        stage: Name of the stage.
        number: The signal. SIGKILL goes to its whole group of processes.
        written: Pattern of a file that the stage writes; the signal is sent once there is one.

    Returns:
        What the command wrote before; None if the stage was done before.
    """
    with TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        process = _start(project, ("reproduce",), output)
        while process.is_alive() and not _is_there(output, f"Running stage '{stage}'"):
            time.sleep(0.005)
        while process.is_alive() and written and not any(project.glob(written)):
            time.sleep(0.005)
        if process.is_alive() and process.pid is not None:
            end = os.kill if number != signal.SIGKILL else os.killpg
            end(process.pid, number)
        process.join(MINUTES * 60)
        text = output.read_text(encoding="utf-8")
        ran = f"Running stage '{stage}'" in text
        return Command(int(process.exitcode or 0), text) if ran else None


def _is_there(output: Path, line: str) -> bool:
    return output.is_file() and line in output.read_text(encoding="utf-8")


def _start(project: Path, arguments: tuple[str, ...], output: Path) -> BaseProcess:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([IMPORTED_ONCE])
    process = context.Process(target=_run, args=(project, arguments, output))
    places = os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])
    with mock.patch.dict(os.environ, PYTHONPATH=places):  # for the module imported once
        process.start()
    return process


def _run(project: Path, arguments: tuple[str, ...], output: Path) -> None:
    os.setsid()
    with output.open("ab") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored behind a shell's `&`
    for name in [name for name in os.environ if name.startswith(("KEDRO_", "DVC_"))]:
        del os.environ[name]
    os.environ["PYTHONPATH"] = str(project / "src")
    os.environ["DVC_NO_ANALYTICS"] = "1"
    os.chdir(project)
    sys.argv = ["kedro", *arguments]
    from kedro.framework.cli.cli import main

    try:
        main()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
