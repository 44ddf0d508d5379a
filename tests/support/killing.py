"""Runs that are killed at random moments and started again, against a server that counts."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from unittest import mock

from support.openai_server import OpenAIServer

TESTS = Path(__file__).parents[1]
LOADED_ONCE = ["support.llm_explaining", "support.llm_voting", "support.loaded_litellm"]
"""Modules that the forkserver imports once, so that each run starts at once."""
MARK = "LIBRA_EMO_TEST_RUN"


def start_run(
    main: Callable[[dict[str, Any]], None], arguments: dict[str, Any], errors: Path
) -> BaseProcess:
    """Start a run in a process of its own; its output goes into a file."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED_ONCE)
    run = context.Process(target=_run, args=(main, arguments, errors))
    with mock.patch.dict(os.environ, PYTHONPATH=f"{TESTS}{os.pathsep}{TESTS.parent / 'src'}"):
        run.start()
    return run


def _run(main: Callable[[dict[str, Any]], None], arguments: dict[str, Any], errors: Path) -> None:
    with errors.open("ab") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored behind a shell's `&`
    os.environ[MARK] = str(errors)
    main(arguments)


def kill_and_resume(
    server: OpenAIServer, start: Callable[[], BaseProcess], ledger: Path, needed: int, kills: int
) -> list[int]:
    """Kill a run so many times and let the last one end.

    Args:
        server: Server that counts its answers.
        start: Function that starts a run.
        ledger: Ledger of the runs.
        needed: Number of answers that the runs need together.
        kills: Number of kills by SIGKILL, each at a random number of answers and a random moment
            after it.

    Returns:
        Number of calls in flight at each kill, by the ledger.
    """
    chance = random.Random(needed)
    goals = sorted(chance.uniform(0, 0.95 * needed) for _ in range(kills))
    in_flight: list[int] = []
    for goal in goals:
        run = start()
        while len(server.answered) < goal and run.is_alive():
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.3))
        assert run.is_alive(), "killed while it works"
        run.kill()
        run.join()
        in_flight.append(open_calls(ledger) - sum(in_flight))
        wait_until_idle(server)
    last = start()
    last.join(600)
    assert last.exitcode == 0
    return in_flight


def open_calls(ledger: Path) -> int:
    """Return the number of calls of killed runs whose end is not known."""
    if not ledger.exists():
        return 0
    with closing(sqlite3.connect(ledger)) as connection, suppress(sqlite3.OperationalError):
        return int(connection.execute("SELECT COUNT(*) FROM reservations").fetchone()[0])
    return 0  # killed before there was a table


def wait_until_idle(server: OpenAIServer) -> None:
    """Wait until the server has answered every request of the killed run."""
    while server.in_flight:
        time.sleep(0.01)


def processes_of(errors: Path) -> list[int]:
    """Return the ids of the processes of a run that are still alive."""
    mark, found = f"{MARK}={errors}".encode(), []
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in place.read_bytes().split(b"\0"):
                found.append(int(place.parent.name))
        except OSError:
            continue
    return found
