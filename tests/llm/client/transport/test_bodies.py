import asyncio

import httpx
from support.openai_server import Behaviour, serving

from libra_emo.llm.client.transport.bodies import install_watch, watch_bodies


def test_only_bodies_with_status_200_are_kept_each_for_its_own_call() -> None:
    install_watch()
    request = {"model": "m", "messages": [{"role": "user", "content": "x"}]}

    async def post(url: str) -> int:
        with watch_bodies() as bodies:
            async with httpx.AsyncClient() as client:
                await client.post(f"{url}/chat/completions", json=request)
            return len(bodies)

    async def both(good: str, bad: str) -> list[int]:
        return list(await asyncio.gather(post(good), post(bad), post(good)))

    with serving() as good, serving(lambda n, a: Behaviour("status", status=500)) as bad:
        assert asyncio.run(both(good.url, bad.url)) == [1, 0, 1]
