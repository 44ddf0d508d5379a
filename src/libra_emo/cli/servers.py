"""Servers of pages on this machine alone, started for as long as they are looked at."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import click

from libra_emo.errors import LibraEmoError

HOST = "127.0.0.1"
LAST_PORT = 49_151  # kedro-viz refuses those above
WAIT_SECONDS = 180.0
END_SECONDS = 30.0
# a proxy of the environment knows nothing of this machine's own addresses
open_here = build_opener(ProxyHandler({})).open


class ServerError(LibraEmoError):
    """A server of pages did not start."""


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes:
        address: Where it answers, without a slash at the end.
        process: The process to wait for.
    """

    address: str
    process: subprocess.Popen[bytes]

    def show(self, page: str) -> None:
        """Open a page in the browser, and wait until Ctrl+C or the server's end."""
        click.echo(f"{self.address}/{page}  (Ctrl+C ends it)")
        webbrowser.open_new(f"{self.address}/{page}")
        with suppress(KeyboardInterrupt):
            self.process.wait()


@contextmanager
def serve(command: list[str], probe: str, folder: Path, port: int) -> Iterator[Server]:
    """Start a server on this machine alone, give it once it answers, and end it afterwards.

    Args:
        command: Program of this Python's environment and its arguments, without host and port.
        probe: The page that is asked for until it answers.
        folder: The server's working directory.
        port: First port to try.

    Raises:
        ServerError: If the server ends or does not answer in time.
    """
    free = _free_port(port)
    program = str(Path(sys.executable).parent / command[0])
    given = [program, *command[1:], "--host", HOST, "--port", str(free)]
    with _ended_by_signals(), tempfile.TemporaryFile() as log:
        # these servers work in children of their own, so that all are ended as a group
        process = subprocess.Popen(
            given, cwd=folder, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            server = Server(f"http://{HOST}:{free}", process)
            if not _wait_for(server, probe):
                log.seek(0)
                said = log.read().decode(errors="replace")[-2000:]
                raise ServerError(f"{command[0]} did not start:\n{said}")
            yield server
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Raise KeyboardInterrupt when the terminal is closed, so that the server is ended too."""
    signals = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, signal.default_int_handler) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def _wait_for(server: Server, probe: str) -> bool:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError):
            open_here(f"{server.address}/{probe}", timeout=5).read()
            return True
        if server.process.poll() is not None:
            return False
        time.sleep(0.5)
    return False


def _free_port(first: int) -> int:
    for port in range(first, LAST_PORT + 1):
        with socket.socket() as tried, suppress(OSError):
            tried.bind((HOST, port))
            return port
    raise ServerError(f"no port from {first} to {LAST_PORT} is free")
