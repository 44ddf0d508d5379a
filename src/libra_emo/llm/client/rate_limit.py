"""Rate limit of a provider: requests and tokens a minute, and pauses that it asks for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable


class RateLimit:
    """Spaces calls evenly, by the stricter of two limits.

    Args:
        requests_per_minute: Largest number of requests; None for no limit.
        tokens_per_minute: Largest number of tokens; None for no limit.
        now: Clock that only moves forward, in seconds.
        sleep: Function that waits so many seconds.
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
        """Wait until a call with so many tokens may be sent."""
        start = max(self._now(), self._free_at)
        self._free_at = start + max(self._request_s, tokens * self._token_s)
        while (left := max(start, self._paused_until) - self._now()) > 0:
            await self._sleep(left)

    def pause(self, seconds: float) -> None:
        """Let no call be sent for so many seconds from now."""
        self._paused_until = max(self._paused_until, self._now() + seconds)
