"""A real HTTP server on loopback with OpenAI's protocol: it checks what arrives, and misbehaves.

It keeps its own account of what it answered, so that a test can compare it with the ledger's.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2
import numpy as np
import soundfile

KEY = "sk-test-secret-0123456789"


@dataclass
class Arrived:
    """Content of one request."""

    path: str
    key: str
    model: str
    system: str
    user: str
    pictures: list[tuple[int, int]]
    seconds_of_sound: float
    digest: str
    parameters: dict[str, Any]


@dataclass
class Behaviour:
    """How the server answers one request.

    kind: answer, status, stall, cut, html, garbage, half, drip, raw (`body` as it is).
    """

    kind: str = "answer"
    text: str = "sad;He lowers his head."
    finish: str = "stop"
    status: int = 500
    error: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    latency_s: float | None = None
    usage: tuple[int, int] | None = (1000, 20)
    refusal: str | None = None
    body: bytes = b""
    more: dict[str, Any] = field(default_factory=dict)
    """Further fields of the answer."""


Plan = Callable[[int, Arrived], Behaviour]


class OpenAIServer:
    """The server, and what it has received and answered."""

    def __init__(
        self, plan: Plan | None = None, latency_s: float = 0.0, check: bool = True
    ) -> None:
        self.plan: Plan = plan or (lambda number, arrived: Behaviour())
        self.latency_s = latency_s
        self.check = check
        self.lock = threading.Lock()
        self.arrived: list[Arrived] = []
        self.times: list[float] = []
        self.answered: list[Arrived] = []
        self.tokens = [0, 0]
        self.in_flight = self.most_in_flight = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                server.serve_get(self)

            def do_POST(self) -> None:
                try:
                    server.serve(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, request: object, client_address: object) -> None:
                if not isinstance(sys.exception(), ConnectionError):  # whoever asked was killed
                    super().handle_error(request, client_address)  # type: ignore[arg-type]

        self._http = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/v1"
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        arrived = self.read(handler, body)
        with self.lock:
            number = len(self.arrived)
            self.arrived.append(arrived)
            self.times.append(time.monotonic())
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            self._behave(handler, self.plan(number, arrived), arrived)
        finally:
            with self.lock:
                self.in_flight -= 1

    def serve_get(self, handler: BaseHTTPRequestHandler) -> None:
        self._send(handler, 404, b"{}", {})

    def read(self, handler: BaseHTTPRequestHandler, body: bytes) -> Arrived:
        return read_request(handler, body, self.check)

    def content(self, how: Behaviour, arrived: Arrived) -> dict[str, Any]:
        message = {"role": "assistant", "content": None if how.refusal else how.text}
        if how.refusal:
            message["refusal"] = how.refusal
        content: dict[str, Any] = {
            "id": f"answer-{arrived.digest[:8]}",
            "object": "chat.completion",
            "created": 1,
            "model": arrived.model,
            "choices": [{"index": 0, "message": message, "finish_reason": how.finish}],
        }
        if how.usage:
            sent, came = how.usage
            content["usage"] = {
                "prompt_tokens": sent, "completion_tokens": came, "total_tokens": sent + came
            }  # fmt: skip
        return {**content, **how.more}

    def _behave(self, handler: BaseHTTPRequestHandler, how: Behaviour, arrived: Arrived) -> None:
        time.sleep(self.latency_s if how.latency_s is None else how.latency_s)
        if how.kind == "status":
            self._send(handler, how.status, json.dumps({"error": how.error}).encode(), how.headers)
        elif how.kind == "stall":
            time.sleep(60)
        elif how.kind == "cut":
            linger = struct.pack("ii", 1, 0)
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            handler.connection.close()
            handler.close_connection = True
        elif how.kind == "raw":
            self._count(how)
            self._send(handler, 200, how.body, how.headers)
        elif how.kind == "html":
            page = b"<html><body>Bad gateway</body></html>"
            self._send(handler, 200, page, {"Content-Type": "text/html"})
        else:
            self._answer(handler, how, arrived)

    def _count(self, how: Behaviour) -> None:
        """Bill an answer: what the total has beyond the question is billed as answer."""
        with self.lock:
            for place in range(2):
                self.tokens[place] += how.usage[place] if how.usage else 0

    def _answer(self, handler: BaseHTTPRequestHandler, how: Behaviour, arrived: Arrived) -> None:
        body = json.dumps(self.content(how, arrived)).encode()
        with self.lock:
            self.answered.append(arrived)
        self._count(how)
        if how.kind == "half":
            handler.send_response(200)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body[: len(body) // 2])
            handler.wfile.flush()
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
        elif how.kind == "drip":
            self._send(handler, 200, body, {}, drip=True)
        else:
            self._send(handler, 200, body, how.headers)

    def _send(
        self,
        handler: BaseHTTPRequestHandler,
        status: int,
        body: bytes,
        headers: dict[str, str],
        drip: bool = False,
    ) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if not drip:
            handler.wfile.write(body)
            return
        for place in range(len(body)):
            handler.wfile.write(body[place : place + 1])
            handler.wfile.flush()
            time.sleep(0.05)

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def read_request(handler: BaseHTTPRequestHandler, body: bytes, check: bool) -> Arrived:
    """Return the content of a request; every picture and sound is decoded."""
    content = json.loads(body)
    system, user, pictures, seconds = "", "", [], 0.0
    for message in content["messages"]:
        parts = message["content"]
        if isinstance(parts, str):
            parts = [{"type": "text", "text": parts}]
        for part in parts:
            if part["type"] == "text" and message["role"] == "system":
                system += part["text"]
            elif part["type"] == "text":
                user += part["text"]
            elif part["type"] == "image_url":
                pictures.append(_picture(part["image_url"]["url"]) if check else (0, 0))
            elif part["type"] == "input_audio":
                seconds = sound_seconds(part["input_audio"]["data"])
    known = ("messages", "model")
    return Arrived(
        handler.path,
        handler.headers.get("Authorization", "").removeprefix("Bearer "),
        content["model"],
        system,
        user,
        pictures,
        seconds,
        hashlib.sha256(json.dumps(content["messages"]).encode()).hexdigest(),
        {name: value for name, value in content.items() if name not in known},
    )


def sound_seconds(data: str) -> float:
    """Return the length of a sound in base64, decoded."""
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(data)))
    return len(samples) / rate


def _picture(url: str) -> tuple[int, int]:
    head, data = url.split(",", 1)
    assert head == "data:image/jpeg;base64"
    return picture_size(data)


def picture_size(data: str) -> tuple[int, int]:
    """Return the size of a JPEG in base64, decoded."""
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture.shape[1], picture.shape[0]


@contextmanager
def serving(
    plan: Plan | None = None, latency_s: float = 0.0, check: bool = True
) -> Iterator[OpenAIServer]:
    """Yield a running server."""
    server = OpenAIServer(plan, latency_s, check)
    try:
        yield server
    finally:
        server.close()
