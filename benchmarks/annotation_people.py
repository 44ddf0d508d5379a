"""People at their browsers, as light as can be: asyncio and aiohttp, a connection for each."""

from __future__ import annotations

import asyncio
import random
import re
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp

LABELS = ("happy", "neutral", "sad", "angry", "surprised", "disgusted")
AHEAD = 3  # clips that the page loads in advance


@dataclass
class Figures:
    """What a crowd measured.

    Attributes:
        submit_s: Seconds of each request that sent a vote.
        next_s: Seconds of each request for the next clip.
        acknowledged: Ids of the votes that the server acknowledged.
        repeats: Requests that were sent again, since their answer did not come.
    """

    submit_s: list[float] = field(default_factory=list)
    next_s: list[float] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    repeats: int = 0


class Browser:
    """A person who answers clips; what has no answer is sent again, as the page does.

    Args:
        http: Connection of this person alone.
        figures: Where the measurements go.
        pause_s: Mean of the seconds before each answer, drawn; 0 for none.
        seed: Seed of the draws.
    """

    def __init__(
        self, http: aiohttp.ClientSession, figures: Figures, pause_s: float, seed: int
    ) -> None:
        self.http, self.figures, self.pause_s = http, figures, pause_s
        self.draw = random.Random(seed)
        self.headers: dict[str, str] = {}
        self.campaign = ""
        self.coming: list[str] = []

    async def enter(self, link: str) -> None:
        """Open the personal link and find the campaign."""
        await self._text(link)
        home = await self._text("/")
        token = re.search(r'csrf-token" content="(\w+)"', home)
        campaign = re.search(r'/label/(\w+)"', home)
        assert token and campaign, "the link leads to no campaign"
        self.headers = {"X-CSRF-Token": token[1]}
        self.campaign = campaign[1]

    async def work(self, goes_on: Callable[[], bool]) -> None:
        """Answer clip after clip until the time is over, or none is left."""
        while goes_on():
            while len(self.coming) < 1 + AHEAD:
                answer = await self._next()
                if answer["done"]:
                    break
                self.coming.append(answer["task"]["token"])
            if not self.coming:
                return
            if self.pause_s:
                await asyncio.sleep(self.draw.expovariate(1 / self.pause_s))
            await self._vote(self.coming.pop(0))

    async def _next(self) -> Any:
        query = {"campaign": self.campaign, "have": ",".join(self.coming)}
        return await self._timed(self.figures.next_s, "GET", "/api/next", params=query)

    async def _vote(self, token: str) -> None:
        now = datetime.now(UTC).isoformat()
        vote = {
            "id": str(uuid.UUID(int=self.draw.getrandbits(128), version=4)),
            "task": token,
            "label": self.draw.choice(LABELS),
            "played_s": 4.5,
            "plays": 1,
            "muted": False,
            "began_at": now,
            "answered_at": now,
        }
        answer = await self._timed(
            self.figures.submit_s, "POST", "/api/votes", json={"votes": [vote]}
        )
        assert not answer["refused"], answer
        self.figures.acknowledged.extend(answer["stored"])

    async def _timed(self, seconds: list[float], method: str, path: str, **rest: Any) -> Any:
        while True:
            start = time.perf_counter()
            try:
                async with self.http.request(method, path, headers=self.headers, **rest) as reply:
                    content = await reply.json()
                    if reply.status == 200:
                        seconds.append(time.perf_counter() - start)
                        return content
                    assert reply.status in (500, 502, 503), (reply.status, content)
            except (aiohttp.ClientError, OSError):
                pass  # the server was killed; the page tries again, too
            self.figures.repeats += 1
            await asyncio.sleep(0.1)

    async def _text(self, path: str) -> str:
        while True:
            try:
                async with self.http.get(path) as reply:
                    assert reply.status == 200, (path, reply.status)
                    return await reply.text()
            except (aiohttp.ClientError, OSError):
                await asyncio.sleep(0.1)


async def let_people_work(
    address: str,
    links: list[str],
    figures: Figures,
    seconds: float = float("inf"),
    pause_s: float = 0.0,
    seed: int = 1,
) -> float:
    """Let people work at once until nothing is left for them; return how many seconds it took.

    Args:
        address: Address of the server.
        links: Path of each person's link.
        figures: Where the measurements go.
        seconds: After how many seconds people stop.
        pause_s: Mean of the seconds before each answer; 0 for none.
        seed: Seed of labels, pauses and the votes' ids.
    """
    async with open_connections(address, len(links)) as connections:
        browsers = [
            Browser(http, figures, pause_s, seed * 1000 + number)
            for number, http in enumerate(connections)
        ]
        pairs = zip(browsers, links, strict=True)
        await asyncio.gather(*(browser.enter(link) for browser, link in pairs))
        start = time.perf_counter()
        work = (browser.work(lambda: time.perf_counter() < start + seconds) for browser in browsers)
        await asyncio.gather(*work)
        return time.perf_counter() - start


@asynccontextmanager
async def open_connections(address: str, count: int) -> AsyncIterator[list[aiohttp.ClientSession]]:
    """Give an HTTP session for each person."""
    limit = aiohttp.ClientTimeout(total=120)
    async with AsyncExitStack() as stack:
        # cookies of a host that is a number are kept only if asked for
        yield [
            await stack.enter_async_context(
                aiohttp.ClientSession(
                    address, timeout=limit, cookie_jar=aiohttp.CookieJar(unsafe=True)
                )
            )
            for _ in range(count)
        ]
