"""Transports: they make the calls. A question's body is built ahead of its call.

Ledger, money, rate limits and retries are the matter of the workers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Protocol, Self

from libra_emo.llm.client.settings import ModelSettings
from libra_emo.llm.client.transport.calls import call, load_litellm
from libra_emo.llm.client.transport.completions import Completion
from libra_emo.llm.client.transport.ipc import limit_threads
from libra_emo.llm.request.question import Question


class PreparedCall(Protocol):
    """A call whose body is built, or being built."""

    async def call(self) -> Completion:
        """Make the call and return the answer; it may be made again.

        Raises:
            CallFailed: If there is no answer.
        """

    def drop(self) -> None:
        """Forget the body."""


class Transport(Protocol):
    """Makes calls within its `async with` block."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    async def prepare(self, question: Question, settings: ModelSettings) -> PreparedCall:
        """Return a prepared call; the first one imports litellm."""


class LocalTransport:
    """Makes calls in this process."""

    def __init__(self) -> None:
        self._loaded: asyncio.Future[Any] | None = None

    async def __aenter__(self) -> Self:
        limit_threads()
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

    async def prepare(self, question: Question, settings: ModelSettings) -> PreparedCall:
        """Return a prepared call."""
        litellm = await self.litellm()
        messages = await asyncio.to_thread(question.messages)
        return _LocalCall(litellm, settings, messages, question.response_format)


class _LocalCall:
    def __init__(
        self,
        litellm: Any,
        settings: ModelSettings,
        messages: list[dict[str, Any]],
        response_format: Mapping[str, Any] | None,
    ) -> None:
        self._litellm, self._settings, self._messages = litellm, settings, messages
        self._response_format = response_format

    async def call(self) -> Completion:
        settings = self._settings
        return await call(
            self._litellm,
            settings.model,
            self._messages,
            settings.api_key,
            settings.timeout_s,
            self._response_format,
        )

    def drop(self) -> None:
        self._messages = []
