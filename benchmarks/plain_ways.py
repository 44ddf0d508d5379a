"""The baseline of the voting benchmark: clients that people would write themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from asked_clips import Clips
from meter import Meter

WAYS = "httpx", "openai", "litellm"


async def in_parallel(meter: Meter, at_once: int, call: Callable[[int], Awaitable[object]]) -> None:
    """Make the meter's number of calls, at most `at_once` at the same time."""
    numbers = iter(range(meter.calls))

    async def work() -> None:
        for number in numbers:
            await call(number)
            meter.count()

    await asyncio.gather(*(work() for _ in range(at_once)))


class Plainly:
    """Simple clients, one for each package."""

    def __init__(self, url: str, clips: Clips) -> None:
        self.url, self.clips = url, clips

    async def httpx(self, meter: Meter, at_once: int) -> None:
        """Call the model with httpx."""
        import httpx

        limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
        async with httpx.AsyncClient(limits=limits, timeout=60) as client:

            async def call(number: int) -> None:
                body = {"model": "m", "messages": self.clips.question(number).messages()}
                (await client.post(f"{self.url}/chat/completions", json=body)).raise_for_status()

            await in_parallel(meter, at_once, call)

    async def openai(self, meter: Meter, at_once: int) -> None:
        """Call the model with OpenAI's client."""
        from openai import AsyncOpenAI

        async with AsyncOpenAI(base_url=self.url, api_key="none") as client:

            async def call(number: int) -> None:
                messages: Any = self.clips.question(number).messages()
                await client.chat.completions.create(model="m", messages=messages, max_tokens=60)

            await in_parallel(meter, at_once, call)

    async def litellm(self, meter: Meter, at_once: int) -> None:
        """Call the model with litellm."""
        from libra_emo.llm.client.transport.calls import load_litellm

        litellm = load_litellm()

        async def call(number: int) -> None:
            messages = self.clips.question(number).messages()
            await litellm.acompletion(
                model="openai/m", messages=messages, api_base=self.url, api_key="n", max_tokens=60
            )

        await in_parallel(meter, at_once, call)
