"""A web server on loopback that serves parts of files, and misbehaves as a test asks."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote


class RangeServer(ThreadingHTTPServer):
    """The server.

    Attributes:
        folder: What it serves.
        faults: Part of a path → what happens to the next requests for it, one each: a status,
            `short` (half of the part), `wrong` (a flipped bit), `reset`, or `well`. The last one
            stays.
        knows_ranges: Whether it sends parts of files.
        etags: Whether it says when files change.
        latency_s: Time before each answer.
        login: Header `Authorization` that is needed, if any.
        asked: Method, path and range of each request.
        sent: Number of bytes of all answers.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.faults: dict[str, list[str]] = {}
        self.knows_ranges, self.etags = True, True
        self.latency_s, self.login = 0.0, ""
        self.asked: list[tuple[str, str, str]] = []
        self.sent = 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address) -> None:
        """Say nothing of connections that a test breaks off."""

    def next_fault(self, path: str) -> str:
        """Return what happens to the next request for a path."""
        with self.lock:
            for part, kinds in self.faults.items():
                if part in path:
                    return kinds.pop(0) if len(kinds) > 1 else kinds[0]
        return "well"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(False)

    def do_GET(self) -> None:
        self._answer(True)

    def _answer(self, whole: bool) -> None:
        server: RangeServer = self.server
        path = unquote(self.path.partition("?")[0])
        wanted = self.headers.get("Range", "")
        with server.lock:
            server.asked.append((self.command, self.path, wanted))
        time.sleep(server.latency_s)
        if path == "/sent":  # what a benchmark asks for
            return self._send(200, str(server.sent).encode(), whole)
        fault = server.next_fault(path)
        if server.login and self.headers.get("Authorization") != server.login:
            fault = "401"
        file = server.folder / path.lstrip("/")
        if fault == "reset":
            self.close_connection = True
        elif fault.isdigit():
            self._send(int(fault), b"secret words", whole)
        elif file.is_dir():
            links = "".join(f'<a href="{one.name}">x</a>' for one in sorted(file.iterdir()))
            self._send(200, links.encode(), whole, {"Content-Type": "text/html"})
        elif not file.is_file():
            self._send(404, b"", whole)
        else:
            self._send_file(file, wanted, fault, whole)
        return None

    def _send_file(self, file: Path, wanted: str, fault: str, whole: bool) -> None:
        server: RangeServer = self.server
        size = file.stat().st_size
        headers = {"Content-Type": "application/octet-stream"}
        if server.etags:
            headers["ETag"] = f'"{file.stat().st_mtime_ns:x}"'
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)
        start, end, status = 0, size, 200
        if match and server.knows_ranges:
            start, end = int(match[1]), min(int(match[2] or size) + 1, size)
            status = 206
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        if start >= size and status == 206:
            return self._send(416, b"", whole)
        with file.open("rb") as opened:
            opened.seek(start)
            content = bytearray(opened.read(end - start) if whole else b"\0" * (end - start))
        if fault == "short":
            content = content[: len(content) // 2]
        if fault == "wrong":
            content[len(content) // 2] ^= 1
        return self._send(status, bytes(content), whole, headers)

    def _send(self, status: int, content: bytes, whole: bool, headers=None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if whole:
            self.wfile.write(content)
            with self.server.lock:
                self.server.sent += len(content)


@contextmanager
def serving_ranges(folder: Path) -> Iterator[RangeServer]:
    """Serve a folder."""
    server = RangeServer(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
