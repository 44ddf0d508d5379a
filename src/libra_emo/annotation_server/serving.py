"""Serves the application with one process or several."""

from __future__ import annotations

import ipaddress
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.assignments.clips import Clips
from libra_emo.annotation_server.settings import ServerSettings
from libra_emo.errors import LibraEmoError
from libra_emo.taxonomy import Taxonomy

if TYPE_CHECKING:
    from fastapi import FastAPI


class ServingError(LibraEmoError):
    """The server cannot listen where it should."""


@dataclass(frozen=True)
class AppFactory:
    """Makes the application in each server process.

    Attributes:
        store_url: SQLAlchemy URL of the store.
        clips: The clips by key; each process gets a copy of them, see `ClipIndex`.
        taxonomy: The labels.
        settings: Settings of the server.
    """

    store_url: str
    clips: Clips
    taxonomy: Taxonomy
    settings: ServerSettings

    def __call__(self) -> FastAPI:
        """Return the application."""
        from libra_emo.annotation_server.app import make_app

        return make_app(VoteStore(self.store_url), self.clips, self.taxonomy, self.settings)


def open_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address; port 0 takes a free one.

    Raises:
        ServingError: If the address is in use or is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        reason = error.strerror or str(error)
        raise ServingError(f"{host}:{port}: {reason}; choose another --host or --port") from error
    listening.listen(1024)
    return listening


def serve(factory: AppFactory, listening: socket.socket, workers: int) -> None:
    """Serve until the process is asked to end; a worker that dies is replaced.

    Links are secrets, so requests are not logged.
    """
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    config = uvicorn.Config(
        factory, factory=True, workers=workers, access_log=False, log_level="warning"
    )
    with _ended_quietly():
        if workers == 1:
            uvicorn.Server(config).run(sockets=[listening])
        else:
            Multiprocess(config, sockets=[listening]).run()


@contextmanager
def _ended_quietly() -> Iterator[None]:
    """Let both ways of ending a server lead on to what follows; uvicorn raises its signal again."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


def is_loopback(host: str) -> bool:
    """Return whether an address can be reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
