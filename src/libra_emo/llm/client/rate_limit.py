"""The pace at which a provider may be asked: requests and tokens a minute, and its pauses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable


class Pace:
    """Spaces calls evenly, as slowly as the stricter of two limits wants.

    Args:
        requests_per_minute: None for no limit.
        tokens_per_minute: None for no limit.
        now: A clock that only moves forward, in seconds.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._request_s = 60 / requests_per_minute if requests_per_minute else 0.0
        self._token_s = 60 / tokens_per_minute if tokens_per_minute else 0.0
        self._now = now
        self._sleep = sleep
        self._free_at = self._paused_until = 0.0

    async def wait(self, tokens: float) -> None:
        """Return when a call with so many tokens may be sent."""
        start = max(self._now(), self._free_at)
        self._free_at = start + max(self._request_s, tokens * self._token_s)
        while (left := max(start, self._paused_until) - self._now()) > 0:
            await self._sleep(left)

    def pause(self, seconds: float) -> None:
        """Let nobody go on before so many seconds from now."""
        self._paused_until = max(self._paused_until, self._now() + seconds)
