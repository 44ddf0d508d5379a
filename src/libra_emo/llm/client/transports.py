"""Who makes the calls: questions come made, the body is built ahead, sent when told.

Ledger, money, pace and tries stay with whoever asks.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Protocol, Self

from libra_emo.llm.client.calls import Returned, call, load_litellm
from libra_emo.llm.client.ipc import leave_the_loop_alone
from libra_emo.llm.client.settings import Asking
from libra_emo.llm.request.question import Question


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
