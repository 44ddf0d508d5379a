"""Measures how fast clips are put to a model, against a server of our own with a fixed latency.

    python benchmarks/voting.py [--calls 600] [--latency 0.2] [--at-once 16 64]

Sixteen pictures of about 25 kB a call. Three ways side by side: httpx plainly, litellm plainly, and
ours with ledger, money and pace; the ideal is calls at once / latency. The server is a process of
its own that reads each body and looks at nothing, so that it takes little of the processor.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np

ANSWER = json.dumps(
    {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "sad;seen"},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 1700, "completion_tokens": 20, "total_tokens": 1720},
    }
).encode()


def serve(latency_s: float, told: multiprocessing.Queue[int]) -> None:
    """Answer every request after a while, keeping connections open."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                size = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                await reader.readexactly(size)
                await asyncio.sleep(latency_s)
                lines = (
                    b"HTTP/1.1 200 OK",
                    b"Content-Type: application/json",
                    b"Content-Length: %d",
                )
                writer.write(b"\r\n".join(lines) % len(ANSWER) + b"\r\n\r\n" + ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=1 << 24)
        told.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def make_shards(folder: Path, clips: int) -> None:
    """Write clips with sixteen pictures of about 25 kB."""
    from libra_emo.media.shards import ClipData, ShardWriter

    random = np.random.default_rng(1)
    small = random.integers(0, 255, (16, 90, 160, 3), dtype=np.uint8)
    frames = [np.repeat(np.repeat(picture, 2, 0), 2, 1)[:252, :] for picture in small]
    frames = [(frame // 4 + 96).astype(np.uint8) for frame in frames]
    sound = np.zeros(8000, np.float32)
    with ShardWriter(folder, "film", jpeg_quality=80) as shard:
        for number in range(clips):
            shard.add(ClipData(f"c{number:06d}", frames, [0.0] * 16, sound, 16_000))


async def in_parallel(count: int, at_once: int, call: Callable[[int], Awaitable[object]]) -> None:
    """Make so many calls, so many at once."""
    numbers = iter(range(count))

    async def work() -> None:
        for number in numbers:
            await call(number)

    await asyncio.gather(*(work() for _ in range(at_once)))


def measure(run: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds and the seconds of processor that something took."""
    start, cpu = time.monotonic(), time.process_time()
    run()
    return time.monotonic() - start, time.process_time() - cpu


def main() -> None:
    """Print a row for each way and number of calls at once."""
    from libra_emo.llm.asking import Asking
    from libra_emo.llm.calls import load_litellm
    from libra_emo.llm.client import Client
    from libra_emo.llm.enclosures import Dressing, enclose
    from libra_emo.llm.ledger import Ledger
    from libra_emo.llm.prices import FREE
    from libra_emo.llm.prompts import Wording
    from libra_emo.llm.questions import Model, Question
    from libra_emo.media.shards import ShardReader

    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=600)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--at-once", type=int, nargs="+", default=[16, 64])
    asked = parser.parse_args()
    told: multiprocessing.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(asked.latency, told), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{told.get()}/v1"
    litellm = load_litellm()
    folder = Path(tempfile.mkdtemp())
    make_shards(folder, asked.calls)
    source, dressing = ShardReader(folder), Dressing(16, 448, 85, False, "wav")
    model = Model("openai/m", url, parameters={"max_tokens": 60})

    def question(number: int) -> Question:
        clip = f"c{number:06d}"
        enclosed = enclose(source.raw(clip), clip, dressing)
        return Question(clip, model, Wording("label", f"which? {clip}"), "v", enclosed)

    def plain_httpx(at_once: int) -> None:
        import httpx

        async def run() -> None:
            limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
            async with httpx.AsyncClient(limits=limits, timeout=60) as client:

                async def call(number: int) -> None:
                    body = {"model": "m", "messages": question(number).messages()}
                    await client.post(f"{url}/chat/completions", json=body)

                await in_parallel(asked.calls, at_once, call)

        asyncio.run(run())

    def plain_litellm(at_once: int) -> None:
        async def call(number: int) -> None:
            messages = question(number).messages()
            await litellm.acompletion(
                model="openai/m", messages=messages, api_base=url, api_key="none", max_tokens=60
            )

        asyncio.run(in_parallel(asked.calls, at_once, call))

    def ours(at_once: int) -> None:
        with Ledger(Path(tempfile.mkdtemp()) / "answers.sqlite") as ledger:
            client = Client(ledger, "bench", 0.0, lambda: "now")
            asking = Asking("one", model, FREE, calls_at_once=at_once)
            makers = [lambda number=number: question(number) for number in range(asked.calls)]
            assert client.ask([(asking, makers)])["one"].answered == asked.calls

    size = sum(len(p) for p in question(0).enclosures.pictures) / 16
    print(f"{asked.calls} calls, {asked.latency:g} s latency, 16 pictures of {size / 1000:.0f} kB")
    print("at once | way     | calls/s | of ideal | CPU ms/call | memory MB")
    for at_once in asked.at_once:
        ideal = at_once / asked.latency
        for name, way in (("httpx", plain_httpx), ("litellm", plain_litellm), ("ours", ours)):
            seconds, cpu = measure(lambda way=way, at_once=at_once: way(at_once))
            rate = asked.calls / seconds
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{at_once:7d} | {name:7s} | {rate:7.1f} | {rate / ideal:7.0%}  | "
                f"{1000 * cpu / asked.calls:11.1f} | {memory:7.0f}",
                flush=True,
            )
    server.terminate()


if __name__ == "__main__":
    sys.exit(main())
