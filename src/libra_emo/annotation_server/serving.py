"""Serves the application with one process or several."""

from __future__ import annotations

import ipaddress
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from types import ModuleType
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
        store_url: SQLAlchemy URL of the store, which this process has opened before.
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

        store = VoteStore(self.store_url, checked=True)
        return make_app(store, self.clips, self.taxonomy, self.settings)


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


class EndSignal:
    """Whether the process has been asked to end, and who must know it.

    Attributes:
        asked: Whether it has been asked.
        listener: Function that is called when it is asked.
    """

    def __init__(self) -> None:
        self.asked = False
        self.listener: Callable[[], None] = lambda: None

    def note(self, *_: object) -> None:
        """Note that the process is asked to end."""
        self.asked = True
        self.listener()


@contextmanager
def end_signal() -> Iterator[EndSignal]:
    """Note Ctrl+C and SIGTERM instead of being interrupted by them, at whatever moment they come.

    A server takes over the signals only when its loop runs. One that comes while the loop starts
    would be lost by it (uvloop), and one that comes before would be an error.
    """
    noted = EndSignal()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, noted.note) for number in signals]
    try:
        yield noted
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def serve(
    factory: AppFactory, listening: socket.socket, workers: int, ending: EndSignal | None = None
) -> None:
    """Serve until the process is asked to end; a worker that dies is replaced.

    Links are secrets, so requests are not logged.

    Args:
        factory: Makes the application.
        listening: Socket that listens.
        workers: Number of server processes.
        ending: Signals that are noted since before the address was printed; noted from here on
            without it.
    """
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    config = uvicorn.Config(
        factory, factory=True, workers=workers, access_log=False, log_level="warning"
    )
    with nullcontext(ending) if ending else end_signal() as noted:
        if workers == 1:
            server = uvicorn.Server(config)
            noted.listener = partial(setattr, server, "should_exit", True)
            run: Callable[[], object] = partial(server.run, sockets=[listening])
        else:
            supervisor = Multiprocess(config, sockets=[listening])  # it takes over the signals here
            run = supervisor.run
        if not noted.asked:
            with _main_hidden():
                run()


@contextmanager
def _main_hidden() -> Iterator[None]:
    """Keep new server processes from loading the program that was started, such as Kedro's.

    They would load it again (multiprocessing's `spawn`), which takes as long as all that they need.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def is_loopback(host: str) -> bool:
    """Return whether an address can be reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
