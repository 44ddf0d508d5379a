"""How often an address may try links that are wrong."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Final

WINDOW_SECONDS: Final = 60.0
MAX_ADDRESSES: Final = 10_000


class Attempts:
    """Counts the wrong links of each address in the last minute.

    Args:
        limit: How many are allowed.
        clock: Seconds of a clock that never goes back.
    """

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._failures: dict[str, deque[float]] = defaultdict(deque)

    def allowed(self, address: str) -> bool:
        """Return whether an address may try another link now."""
        return len(self._recent(address)) < self._limit

    def fail(self, address: str) -> None:
        """Note a wrong link."""
        if len(self._failures) >= MAX_ADDRESSES:
            self._failures.clear()
        self._recent(address).append(self._clock())

    def _recent(self, address: str) -> deque[float]:
        failures = self._failures[address]
        while failures and failures[0] < self._clock() - WINDOW_SECONDS:
            failures.popleft()
        return failures
