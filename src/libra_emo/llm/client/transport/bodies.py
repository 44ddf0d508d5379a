"""Bodies of responses with status 200, seen before any package reads them.

litellm raises on a body that it cannot read, and then neither the answer nor the usage in it can be
reached. A body with status 200 was billed, so each call keeps the last one that it got.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

OK = 200
_seen: ContextVar[list[bytes] | None] = ContextVar("seen", default=None)


@contextmanager
def watch_bodies() -> Iterator[list[bytes]]:
    """Yield a list that gets the body of each response with status 200 to requests within."""
    bodies: list[bytes] = []
    token = _seen.set(bodies)
    try:
        yield bodies
    finally:
        _seen.reset(token)


@cache
def install_watch() -> None:
    """Let every client of httpx show the bodies that it gets."""
    import httpx

    send = httpx.AsyncClient.send

    async def watched(self: Any, request: Any, **options: Any) -> Any:
        response = await send(self, request, **options)
        bodies = _seen.get()
        if bodies is not None and response.status_code == OK:
            bodies.append(await response.aread() if not options.get("stream") else b"")
        return response

    httpx.AsyncClient.send = watched  # type: ignore[method-assign]
