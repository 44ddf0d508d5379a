"""Messages between the process that asks and the processes that make its calls.

A message is pickled and has its length in front.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import socket
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, NamedTuple

from libra_emo.errors import LibraEmoError
from libra_emo.llm.client.settings import ModelSettings
from libra_emo.llm.client.transport.calls import call, load_litellm
from libra_emo.llm.client.transport.completions import Completion
from libra_emo.llm.client.transport.failures import clean_message
from libra_emo.llm.request.question import Question

LENGTH_BYTES = 4
MOST_THREADS = 4


class Command(NamedTuple):
    """A command of the process that asks: prepare a question, call it, or drop it."""

    kind: Literal["prepare", "call", "drop"]
    number: int
    question: Question | None = None
    settings: ModelSettings | None = None


class TransportLost(LibraEmoError):
    """A process that makes calls has ended, or met an error that is not foreseen."""


Outcome = tuple[int, Completion | LibraEmoError]
"""Number of a question, and its answer or the error in place of it."""


def send(writer: asyncio.StreamWriter, message: bytes) -> None:
    """Send a message."""
    writer.writelines((len(message).to_bytes(LENGTH_BYTES, "big"), message))


async def receive(reader: asyncio.StreamReader) -> bytes | None:
    """Return the next message; None when the connection is closed."""
    try:
        size = int.from_bytes(await reader.readexactly(LENGTH_BYTES), "big")
        return await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


def limit_threads() -> None:
    """Give the running loop fewer threads than there are cores; more would make the loop wait."""
    threads = min(MOST_THREADS, max(1, (os.cpu_count() or 1) - 1))
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads))


def serve_sockets(sockets: Sequence[int]) -> None:
    """Load litellm once, fork a process for each socket, and wait until all have ended.

    Args:
        sockets: File descriptors of the connected sockets.
    """
    litellm = load_litellm()
    for own in sockets:
        if os.fork() == 0:
            try:
                for other in sockets:
                    if other != own:
                        os.close(other)
                asyncio.run(_Server(litellm).serve(socket.socket(fileno=own)))
            finally:
                os._exit(1)
    for own in sockets:
        os.close(own)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


_Body = tuple[asyncio.Future[list[dict[str, Any]]], ModelSettings, Mapping[str, Any] | None]
"""Messages of a question, the settings of its model, and the schema of its reply."""


class _Server:
    """Builds bodies ahead and makes calls."""

    def __init__(self, litellm: Any) -> None:
        self._litellm = litellm
        self._bodies: dict[int, _Body] = {}
        self._calls: set[asyncio.Task[None]] = set()

    async def serve(self, connection: socket.socket) -> None:
        """Follow commands; end the process at once when the connection is closed."""
        limit_threads()
        reader, writer = await asyncio.open_connection(sock=connection)
        while (message := await receive(reader)) is not None:
            command: Command = pickle.loads(message)  # noqa: S301 - from the process that started us
            if command.kind == "drop":
                self._bodies.pop(command.number, None)
            elif command.kind == "call":
                task = asyncio.create_task(self._call(command.number, writer))
                self._calls.add(task)
                task.add_done_callback(self._calls.discard)
            elif command.question is not None and command.settings is not None:
                body = asyncio.ensure_future(asyncio.to_thread(command.question.messages))
                form = command.question.response_format
                self._bodies[command.number] = body, command.settings, form
        os._exit(0)

    async def _call(self, number: int, writer: asyncio.StreamWriter) -> None:
        body, settings, response_format = self._bodies[number]
        outcome: Completion | LibraEmoError
        try:
            messages = await asyncio.shield(body)
            outcome = await call(
                *(self._litellm, settings.model, messages, settings.api_key, settings.timeout_s),
                response_format,
            )
        except LibraEmoError as error:
            outcome = error
        except Exception as error:
            message = clean_message(str(error), settings.api_key)
            outcome = TransportLost(f"a call ended with {type(error).__name__}: {message}")
        send(writer, pickle.dumps((number, outcome)))
        await writer.drain()
