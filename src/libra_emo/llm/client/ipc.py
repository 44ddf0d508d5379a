"""The line between the process that asks and those that make its calls; and such a process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, NamedTuple

from libra_emo.errors import LibraEmoError
from libra_emo.llm.client.calls import Returned, call, load_litellm
from libra_emo.llm.client.settings import Asking
from libra_emo.llm.request.question import Question

HEAD_BYTES = 4
MOST_THREADS = 4


class Order(NamedTuple):
    """What the asking process wants: a body built, a call made, or a body forgotten."""

    what: Literal["prepare", "call", "drop"]
    number: int
    question: Question | None = None
    asking: Asking | None = None


class CallerLost(LibraEmoError):
    """A process that makes calls has ended, or stumbled over what nobody foresaw."""


Outcome = tuple[int, Returned | LibraEmoError]
"""The number of a question, and its answer or why there is none."""


def write(writer: asyncio.StreamWriter, message: bytes) -> None:
    """Put a message on the line, its length first."""
    writer.writelines((len(message).to_bytes(HEAD_BYTES, "big"), message))


async def receive(reader: asyncio.StreamReader) -> bytes | None:
    """Return the next message; None when the line is cut."""
    try:
        size = int.from_bytes(await reader.readexactly(HEAD_BYTES), "big")
        return await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


def leave_the_loop_alone() -> None:
    """Give the running loop fewer threads than cores: more of them would only keep it waiting."""
    threads = min(MOST_THREADS, max(1, (os.cpu_count() or 1) - 1))
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads))


def work(lines: Sequence[int]) -> None:
    """Load litellm once, part into a process for each line, and wait until all have ended."""
    litellm = load_litellm()
    for line in lines:
        if os.fork() == 0:
            try:
                for other in lines:
                    if other != line:
                        os.close(other)
                asyncio.run(_Worker(litellm).serve(socket.socket(fileno=line)))
            finally:
                os._exit(1)
    for line in lines:
        os.close(line)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


class _Worker:
    """Builds bodies ahead and makes calls."""

    def __init__(self, litellm: Any) -> None:
        self._litellm = litellm
        self._bodies: dict[int, tuple[asyncio.Future[list[dict[str, Any]]], Asking]] = {}
        self._calls: set[asyncio.Task[None]] = set()

    async def serve(self, line: socket.socket) -> None:
        """Follow orders; end at once when the line is cut, whatever is under way."""
        leave_the_loop_alone()
        reader, writer = await asyncio.open_connection(sock=line)
        while (message := await receive(reader)) is not None:
            order: Order = pickle.loads(message)  # noqa: S301 - from the process that started us
            if order.what == "drop":
                self._bodies.pop(order.number, None)
            elif order.what == "call":
                task = asyncio.create_task(self._call(order.number, writer))
                self._calls.add(task)
                task.add_done_callback(self._calls.discard)
            elif order.question is not None and order.asking is not None:
                body = asyncio.ensure_future(asyncio.to_thread(order.question.messages))
                self._bodies[order.number] = body, order.asking
        os._exit(0)

    async def _call(self, number: int, writer: asyncio.StreamWriter) -> None:
        body, asking = self._bodies[number]
        outcome: Returned | LibraEmoError
        try:
            messages = await asyncio.shield(body)
            outcome = await call(
                self._litellm, asking.model, messages, asking.api_key, asking.timeout_s
            )
        except LibraEmoError as error:
            outcome = error
        except Exception as error:
            outcome = CallerLost(f"a call ended with {type(error).__name__}: {error}")
        write(writer, pickle.dumps((number, outcome)))
        await writer.drain()
