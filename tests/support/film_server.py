"""A web server on loopback that serves a folder of films, and misbehaves as a test asks."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ENDLESS_PART = b"\0" * (1 << 16)


class FilmServer(ThreadingHTTPServer):
    """The server.

    Attributes:
        how: What it does: `well`, `status <number>`, `redirect <address>`, `loop`, `reset`, `long`
            (a length that is too long), `short`, `endless`, `drip`, `silent`, `page` (a page of
            HTML for every file).
        only: Text that a path must contain to be treated so; others are answered well.
        asked: Lines of requests that came.
        headers: Headers that came with the last request.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
        self.how, self.only = "well", ""
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address) -> None:
        """Say nothing of connections that a test breaks off."""


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def log_message(self, *_) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(super().do_HEAD)

    def do_GET(self) -> None:
        self._answer(super().do_GET)

    def _answer(self, well) -> None:
        server: FilmServer = self.server
        server.asked.append(f"{self.command} {self.path}")
        server.headers = dict(self.headers.items())
        kind, _, value = server.how.partition(" ")
        if kind == "well" or server.only not in self.path:
            well()
        else:
            getattr(self, f"_{kind}")(value)

    def _status(self, number: str) -> None:
        self.send_error(int(number), f"secret words about {self.path}")

    def _loop(self, _: str) -> None:
        self.send_response(302)
        self.send_header("Location", self.path)
        self.end_headers()

    def _redirect(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.end_headers()

    def _reset(self, _: str) -> None:
        if self.command == "GET":
            self._begin(1000)
            self.wfile.write(b"half")
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def _long(self, _: str) -> None:
        self._begin(1000)
        if self.command == "GET":
            self.wfile.write(b"half")

    def _short(self, _: str) -> None:
        self._begin(10 if self.command == "GET" else 1000)
        if self.command == "GET":
            self.wfile.write(b"0123456789")

    def _endless(self, _: str) -> None:
        self._begin(None)
        while self.command == "GET":
            self.wfile.write(ENDLESS_PART)

    def _drip(self, _: str) -> None:
        self._begin(None)
        while self.command == "GET":
            self.wfile.write(b"\0")
            time.sleep(0.02)

    def _silent(self, _: str) -> None:
        time.sleep(2)

    def _page(self, _: str) -> None:
        content = b"<!DOCTYPE html><html>Please log in.</html>"
        self._begin(len(content), "text/html; charset=utf-8")
        if self.command == "GET":
            self.wfile.write(content)

    def _begin(self, size: int | None, kind: str = "video/mp4") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if size is not None:
            self.send_header("Content-Length", str(size))
        self.end_headers()


@contextmanager
def serving_films(folder: Path) -> Iterator[FilmServer]:
    """Give a server of a folder's files."""
    server = FilmServer(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
