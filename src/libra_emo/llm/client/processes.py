"""Calls out of several processes, since one fills no more than one core."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
from types import TracebackType
from typing import Final, Self

from libra_emo.llm.client.calls import Returned
from libra_emo.llm.client.ipc import CallerLost, Order, Outcome, receive, write
from libra_emo.llm.client.settings import Asking
from libra_emo.llm.client.transports import Prepared
from libra_emo.llm.request.question import Question

_PROGRAM: Final = (
    "import sys; sys.path[:] = {path}; from libra_emo.llm.client.ipc import work; work({lines})"
)
ENDING_S: Final = 0.3


class CallerProcesses:
    """Calls out of other processes, each with a loop of its own.

    One program loads litellm and parts into them. They end when this process does, however that
    happens, for then their lines are cut.

    Args:
        count: How many.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._lines: list[_Line] = []
        self._program: subprocess.Popen[bytes] | None = None
        self._started: asyncio.Future[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for line in self._lines:
            line.cut()
        await asyncio.to_thread(self._end)

    async def prepare(self, question: Question, asking: Asking) -> Prepared:
        """Return a question made ready in the process that has fewest."""
        if self._started is None:
            self._started = asyncio.ensure_future(self._start())
        await asyncio.shield(self._started)
        line = min(self._lines, key=lambda one: one.held)
        return await line.prepare(question, asking)

    async def _start(self) -> None:
        pairs = [socket.socketpair() for _ in range(self._count)]
        ends = [theirs.fileno() for _, theirs in pairs]
        program = _PROGRAM.format(path=json.dumps(sys.path), lines=ends)
        self._program = subprocess.Popen(  # in a session of its own: Ctrl-C is not for it
            [sys.executable, "-c", program], pass_fds=ends, start_new_session=True
        )
        for ours, theirs in pairs:
            theirs.close()
            self._lines.append(_Line(*await asyncio.open_connection(sock=ours)))

    def _end(self) -> None:
        if self._program is None:
            return
        try:
            self._program.wait(ENDING_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._program.pid, signal.SIGKILL)  # the program and those it has become
            self._program.wait()


class _Line:
    """The line to one process."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._waiting: dict[int, asyncio.Future[Returned]] = {}
        self._number = self.held = 0
        self._hearing = asyncio.create_task(self._hear())

    async def prepare(self, question: Question, asking: Asking) -> Prepared:
        self._number += 1
        self.held += 1
        prepared = _FarCall(self, self._number)
        order = Order("prepare", self._number, question, asking)
        await self._send(await asyncio.to_thread(pickle.dumps, order))
        return prepared

    async def call(self, number: int) -> Returned:
        future: asyncio.Future[Returned] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        await self._send(pickle.dumps(Order("call", number)))
        return await future

    def drop(self, number: int) -> None:
        self.held -= 1
        self._waiting.pop(number, None)
        if not self._hearing.done():
            write(self._writer, pickle.dumps(Order("drop", number)))

    async def _send(self, message: bytes) -> None:
        if self._hearing.done():
            raise _lost()
        write(self._writer, message)
        try:
            await self._writer.drain()
        except ConnectionError:
            raise _lost() from None

    async def _hear(self) -> None:
        while (message := await receive(self._reader)) is not None:
            outcome: Outcome = pickle.loads(message)  # noqa: S301 - from a process of ours
            future = self._waiting.pop(outcome[0], None)
            if future is None or future.done():
                continue
            if isinstance(outcome[1], Returned):
                future.set_result(outcome[1])
            else:
                future.set_exception(outcome[1])
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(_lost())

    def cut(self) -> None:
        self._hearing.cancel()
        self._writer.transport.abort()


class _FarCall:
    def __init__(self, line: _Line, number: int) -> None:
        self._line, self._number = line, number

    async def call(self) -> Returned:
        return await self._line.call(self._number)

    def drop(self) -> None:
        self._line.drop(self._number)


def _lost() -> CallerLost:
    return CallerLost("a process that made calls has ended; what was answered is kept, run again")
