"""Transport through several processes, since one process uses no more than one core."""

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

from libra_emo.llm.client.settings import ModelSettings
from libra_emo.llm.client.transport.completions import Completion
from libra_emo.llm.client.transport.ipc import Command, Outcome, TransportLost, receive, send
from libra_emo.llm.client.transport.local import PreparedCall
from libra_emo.llm.request.question import Question

_PROGRAM: Final = (
    "import sys; sys.path[:] = {path}; "
    "from libra_emo.llm.client.transport.ipc import serve_sockets; serve_sockets({sockets})"
)
ENDING_S: Final = 0.3


class ProcessTransport:
    """Makes calls in other processes, each with an event loop of its own.

    A program loads litellm once and forks the processes. Each ends when its connection to this
    process is closed, so none outlives this process, however it ends.

    Args:
        count: Number of processes.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._connections: list[_Connection] = []
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
        for connection in self._connections:
            connection.close()
        await asyncio.to_thread(self._end)

    async def prepare(self, question: Question, settings: ModelSettings) -> PreparedCall:
        """Return a call prepared in the process that has fewest."""
        if self._started is None:
            self._started = asyncio.ensure_future(self._start())
        await asyncio.shield(self._started)
        connection = min(self._connections, key=lambda one: one.held)
        return await connection.prepare(question, settings)

    async def _start(self) -> None:
        pairs = [socket.socketpair() for _ in range(self._count)]
        ends = [theirs.fileno() for _, theirs in pairs]
        program = _PROGRAM.format(path=json.dumps(sys.path), sockets=ends)
        self._program = subprocess.Popen(  # in a session of its own, which Ctrl-C does not reach
            [sys.executable, "-c", program], pass_fds=ends, start_new_session=True
        )
        for ours, theirs in pairs:
            theirs.close()
            self._connections.append(_Connection(*await asyncio.open_connection(sock=ours)))

    def _end(self) -> None:
        if self._program is None:
            return
        try:
            self._program.wait(ENDING_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._program.pid, signal.SIGKILL)  # the program and its processes
            self._program.wait()


class _Connection:
    """Connection to one process."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._waiting: dict[int, asyncio.Future[Completion]] = {}
        self._number = self.held = 0
        self._receiving = asyncio.create_task(self._receive())

    async def prepare(self, question: Question, settings: ModelSettings) -> PreparedCall:
        self._number += 1
        self.held += 1
        prepared = _RemoteCall(self, self._number)
        command = Command("prepare", self._number, question, settings)
        await self._send(await asyncio.to_thread(pickle.dumps, command))
        return prepared

    async def call(self, number: int) -> Completion:
        future: asyncio.Future[Completion] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        await self._send(pickle.dumps(Command("call", number)))
        return await future

    def drop(self, number: int) -> None:
        self.held -= 1
        self._waiting.pop(number, None)
        if not self._receiving.done():
            send(self._writer, pickle.dumps(Command("drop", number)))

    async def _send(self, message: bytes) -> None:
        if self._receiving.done():
            raise _lost()
        send(self._writer, message)
        try:
            await self._writer.drain()
        except ConnectionError:
            raise _lost() from None

    async def _receive(self) -> None:
        while (message := await receive(self._reader)) is not None:
            outcome: Outcome = pickle.loads(message)  # noqa: S301 - from a process of ours
            future = self._waiting.pop(outcome[0], None)
            if future is None or future.done():
                continue
            if isinstance(outcome[1], Completion):
                future.set_result(outcome[1])
            else:
                future.set_exception(outcome[1])
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(_lost())

    def close(self) -> None:
        self._receiving.cancel()
        self._writer.transport.abort()


class _RemoteCall:
    def __init__(self, connection: _Connection, number: int) -> None:
        self._connection, self._number = connection, number

    async def call(self) -> Completion:
        return await self._connection.call(self._number)

    def drop(self) -> None:
        self._connection.drop(self._number)


def _lost() -> TransportLost:
    return TransportLost(
        "a process that makes calls has ended; the answers so far are kept, run again"
    )
