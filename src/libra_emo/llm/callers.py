"""Who makes the calls: this process, or several others, since one fills no more than one core.

Questions come made; a caller builds the body ahead, sends it when told, and brings back the answer.
Ledger, money, pace and tries stay with whoever asks.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import socket
import subprocess
import sys
from types import TracebackType
from typing import Any, Final, Protocol, Self

from libra_emo.llm.asking import Asking
from libra_emo.llm.calls import Returned, call, load_litellm
from libra_emo.llm.questions import Question
from libra_emo.llm.wire import (
    CallerLost,
    Order,
    Outcome,
    leave_the_loop_alone,
    receive,
    write,
)

_PROGRAM: Final = (
    "import sys; sys.path[:] = {path}; from libra_emo.llm.wire import work; work({line})"
)
ENDING_S: Final = 0.3


class Prepared(Protocol):
    """A question whose body is built, or being built."""

    async def call(self) -> Returned:
        """Return the answer of one call; may be repeated.

        Raises:
            CallFailed: If there is none.
        """

    def drop(self) -> None:
        """Forget it."""


class Caller(Protocol):
    """Makes calls while its block lasts."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    async def prepare(self, question: Question, asking: Asking) -> Prepared:
        """Return a question made ready; litellm is imported at the first one."""


class OwnCalls:
    """Calls out of this process."""

    def __init__(self) -> None:
        self._loaded: asyncio.Future[Any] | None = None

    async def __aenter__(self) -> Self:
        leave_the_loop_alone()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return

    async def litellm(self) -> Any:
        """Return the package."""
        if self._loaded is None:
            self._loaded = asyncio.ensure_future(asyncio.to_thread(load_litellm))
        return await asyncio.shield(self._loaded)

    async def prepare(self, question: Question, asking: Asking) -> Prepared:
        """Return a question made ready."""
        litellm = await self.litellm()
        return _OwnCall(litellm, asking, await asyncio.to_thread(question.messages))


class _OwnCall:
    def __init__(self, litellm: Any, asking: Asking, messages: list[dict[str, Any]]) -> None:
        self._litellm, self._asking, self._messages = litellm, asking, messages

    async def call(self) -> Returned:
        asking = self._asking
        return await call(
            self._litellm, asking.model, self._messages, asking.api_key, asking.timeout_s
        )

    def drop(self) -> None:
        self._messages = []


class CallerProcesses:
    """Calls out of other processes, each with litellm and a loop of its own.

    They end when this one does, however that happens, for then their line is cut.

    Args:
        count: How many.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._lines: list[_Line] = []
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
        await asyncio.gather(*(asyncio.to_thread(line.end) for line in self._lines))

    async def prepare(self, question: Question, asking: Asking) -> Prepared:
        """Return a question made ready in the process that has fewest."""
        if self._started is None:
            self._started = asyncio.ensure_future(self._start())
        await asyncio.shield(self._started)
        line = min(self._lines, key=lambda one: one.held)
        return await line.prepare(question, asking)

    async def _start(self) -> None:
        for _ in range(self._count):
            ours, theirs = socket.socketpair()
            with theirs:
                program = _PROGRAM.format(path=json.dumps(sys.path), line=theirs.fileno())
                process = subprocess.Popen(  # in a session of its own: Ctrl-C is not for it
                    [sys.executable, "-c", program],
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            reader, writer = await asyncio.open_connection(sock=ours)
            self._lines.append(_Line(process, reader, writer))


class _Line:
    """The line to one process."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process, self._reader, self._writer = process, reader, writer
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
            raise self._lost()
        write(self._writer, message)
        try:
            await self._writer.drain()
        except ConnectionError:
            raise self._lost() from None

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
                future.set_exception(self._lost())

    def _lost(self) -> CallerLost:
        return CallerLost(
            f"a process that made calls has ended with status {self._process.poll()}; what was "
            "answered is kept, run again"
        )

    def cut(self) -> None:
        self._hearing.cancel()
        self._writer.transport.abort()

    def end(self) -> None:
        try:
            self._process.wait(ENDING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _FarCall:
    def __init__(self, line: _Line, number: int) -> None:
        self._line, self._number = line, number

    async def call(self) -> Returned:
        return await self._line.call(self._number)

    def drop(self) -> None:
        self._line.drop(self._number)


def build_caller(processes: int) -> Caller:
    """Return this process as caller for one, and so many others for more."""
    return OwnCalls() if processes == 1 else CallerProcesses(processes)
