"""Measures how fast clips are put to a model, against a server of our own with a fixed latency.

    python benchmarks/voting.py [--calls 600] [--latency 0.2] [--at-once 16 64] [--processes 1 2]
    python benchmarks/voting.py --memory [--clips 10000]

Sixteen pictures of about 25 kB a call. Side by side: httpx, OpenAI's client and litellm, each used
plainly, and ours with ledger, money and pace; the ideal is calls at once / latency. The server is a
process of its own that throws away what it reads, since it shares the processor with what is
measured. With `--memory`, the memory after the first thousand clips and at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

CHOICE = {"message": {"role": "assistant", "content": "sad;seen"}, "finish_reason": "stop"}
USAGE = {"prompt_tokens": 1700, "completion_tokens": 20, "total_tokens": 1720}
ANSWER = json.dumps(
    {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, **CHOICE}],
        "usage": USAGE,
    }
).encode()
RESPONSE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(ANSWER)
) + ANSWER
MEASURED_ALONE = "httpx", "openai", "litellm"


class Answering(asyncio.BufferedProtocol):
    """Answers every request after a while, keeping its connection; the body is thrown away."""

    room = bytearray(1 << 20)

    def __init__(self, latency_s: float) -> None:
        self.latency_s, self.head, self.left = latency_s, b"", -1

    def connection_made(self, transport: Any) -> None:
        """Keep the way back."""
        self.transport = transport

    def get_buffer(self, sizehint: int) -> bytearray:
        """Give one buffer to all."""
        return self.room

    def buffer_updated(self, nbytes: int) -> None:
        """Count what came; answer when all has."""
        if self.left < 0:
            self.head += bytes(self.room[:nbytes])
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return
            size = self.head[:end].lower().split(b"content-length:")[1].split(b"\r\n")[0]
            self.left = int(size) - (len(self.head) - end - 4)
            self.head = b""
        else:
            self.left -= nbytes
        if self.left == 0:
            self.left = -1
            asyncio.get_running_loop().call_later(self.latency_s, self.transport.write, RESPONSE)


def serve(latency_s: float, told: multiprocessing.Queue[int]) -> None:
    """Run the server."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Answering(latency_s), "127.0.0.1", 0)
        told.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


@contextmanager
def serving(latency_s: float) -> Iterator[tuple[str, int]]:
    """Give the address and the process id of a server in a process of its own."""
    told: multiprocessing.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(latency_s, told), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{told.get()}/v1", int(server.pid or 0)
    finally:
        server.terminate()


def make_shards(folder: Path, clips: int, width: int = 320) -> None:
    """Write clips with sixteen pictures; of about 25 kB at the usual width."""
    from libra_emo.media.shards import ClipData, ShardWriter

    random = np.random.default_rng(1)
    small = random.integers(0, 255, (16, 90, width // 2, 3), dtype=np.uint8)
    frames = [np.repeat(np.repeat(picture, 2, 0), 2, 1) for picture in small]
    frames = [(frame // 3 + 80).astype(np.uint8) for frame in frames]
    if width < 64:
        frames = [frame[:width] for frame in frames]
    sound = np.zeros(8000, np.float32)
    with ShardWriter(folder, "film", jpeg_quality=80) as shard:
        for number in range(clips):
            shard.add(ClipData(f"c{number:06d}", frames, [0.0] * 16, sound, 16_000))


async def in_parallel(meter: Meter, at_once: int, call: Callable[[int], Awaitable[object]]) -> None:
    """Make as many calls as the meter wants, so many at once."""
    numbers = iter(range(meter.calls))

    async def work() -> None:
        for number in numbers:
            await call(number)
            meter.count()

    await asyncio.gather(*(work() for _ in range(at_once)))


class Plainly:
    """The ways that people would write themselves."""

    def __init__(self, url: str, clips: Clips) -> None:
        self.url, self.clips = url, clips

    async def httpx(self, meter: Meter, at_once: int) -> None:
        """Ask with httpx."""
        import httpx

        limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
        async with httpx.AsyncClient(limits=limits, timeout=60) as client:

            async def call(number: int) -> None:
                body = {"model": "m", "messages": self.clips.question(number).messages()}
                (await client.post(f"{self.url}/chat/completions", json=body)).raise_for_status()

            await in_parallel(meter, at_once, call)

    async def openai(self, meter: Meter, at_once: int) -> None:
        """Ask with OpenAI's client."""
        from openai import AsyncOpenAI

        async with AsyncOpenAI(base_url=self.url, api_key="none") as client:

            async def call(number: int) -> None:
                messages: Any = self.clips.question(number).messages()
                await client.chat.completions.create(model="m", messages=messages, max_tokens=60)

            await in_parallel(meter, at_once, call)

    async def litellm(self, meter: Meter, at_once: int) -> None:
        """Ask with litellm."""
        from libra_emo.llm.calls import load_litellm

        litellm = load_litellm()

        async def call(number: int) -> None:
            messages = self.clips.question(number).messages()
            await litellm.acompletion(
                model="openai/m", messages=messages, api_base=self.url, api_key="n", max_tokens=60
            )

        await in_parallel(meter, at_once, call)


class Clips:
    """Clips to ask about, and how ours asks about them."""

    def __init__(self, url: str, folder: Path) -> None:
        from libra_emo.llm.enclosures import Dressing
        from libra_emo.llm.questions import Model
        from libra_emo.media.shards import ShardReader

        self.source, self.dressing = ShardReader(folder), Dressing(16, 448, 85, False, "wav")
        self.model = Model("openai/m", url, parameters={"max_tokens": 60})

    def question(self, number: int) -> Any:
        """Return the question about a clip."""
        from libra_emo.llm.enclosures import enclose
        from libra_emo.llm.prompts import Wording
        from libra_emo.llm.questions import Question

        clip = f"c{number:06d}"
        enclosed = enclose(self.source.raw(clip), clip, self.dressing)
        return Question(clip, self.model, Wording("label", f"which? {clip}"), "v", enclosed)

    def ask(
        self,
        count: int,
        at_once: int,
        processes: int,
        tell: Callable[..., None] = lambda *told: None,
    ) -> None:
        """Ask as voting does, with a ledger of its own."""
        from libra_emo.llm.asking import Asking
        from libra_emo.llm.client import Client
        from libra_emo.llm.ledger import Ledger
        from libra_emo.llm.prices import FREE

        with Ledger(Path(tempfile.mkdtemp()) / "answers.sqlite") as ledger:
            client = Client(ledger, "bench", 0.0, lambda: "now", tell=tell, processes=processes)
            asking = Asking("one", self.model, FREE, calls_at_once=at_once)
            makers = (partial(self.question, number) for number in range(count))
            tally = client.ask([(asking, makers)])["one"]
            assert tally.answered == count, tally


class Meter:
    """Measures from the first quarter of the calls, when all is loaded, to the last.

    Args:
        calls: How many there will be.
        spared: A process that does not count: the server.
    """

    def __init__(self, calls: int, spared: int) -> None:
        self.calls, self.spared = calls, spared
        self.warm, self.done = calls // 4, 0
        self.marks: list[tuple[float, float]] = []

    def count(self, *told: object) -> None:
        """Note that a call has ended."""
        self.done += 1
        if self.done in (self.warm, self.calls):
            self.marks.append((time.monotonic(), self._cpu_s()))

    def result(self) -> tuple[float, float]:
        """Return calls a second, and CPU seconds a call."""
        (start, cpu), (end, cpu_end) = self.marks
        calls = self.calls - self.warm
        return calls / (end - start), (cpu_end - cpu) / calls

    def _cpu_s(self) -> float:
        tasks = Path("/proc/self/task").iterdir()
        children = {int(pid) for task in tasks for pid in (task / "children").read_text().split()}
        others = sum(_process_s(pid) for pid in children - {self.spared})
        return time.process_time() + others


def _process_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_speed(asked: argparse.Namespace) -> None:
    """Print a row for each way and number of calls at once."""
    folder = Path(tempfile.mkdtemp())
    make_shards(folder, asked.calls)
    with serving(asked.latency) as (url, server):
        clips = Clips(url, folder)
        plainly = Plainly(url, clips)
        size = sum(len(p) for p in clips.question(0).enclosures.pictures) / 16000
        print(f"{asked.calls} calls, {asked.latency:g} s latency, 16 pictures of {size:.0f} kB")
        print("at once | way                 | calls/s | of ideal | CPU ms/call")
        for at_once in asked.at_once:
            ways: dict[str, Callable[[Meter], object]] = {
                name: partial(_plain, getattr(plainly, name), at_once) for name in MEASURED_ALONE
            }
            for count in asked.processes:
                told = "ours" if count == 1 else f"ours, {count} processes"
                ways[told] = partial(_ours, clips, at_once, count)
            for name, way in ways.items():
                meter = Meter(asked.calls, server)
                way(meter)
                rate, cpu = meter.result()
                share = rate * asked.latency / at_once
                row = (
                    f"{at_once:7d} | {name:19s} | {rate:7.1f} | {share:7.0%}  | {1000 * cpu:11.1f}"
                )
                print(row, flush=True)


def _plain(way: Callable[[Meter, int], Any], at_once: int, meter: Meter) -> None:
    asyncio.run(way(meter, at_once))


def _ours(clips: Clips, at_once: int, processes: int, meter: Meter) -> None:
    clips.ask(meter.calls, at_once, processes, meter.count)


def measure_memory(asked: argparse.Namespace) -> None:
    """Print the memory of this process after 1,000 clips and at the end; pictures are small."""
    folder = Path(tempfile.mkdtemp())
    make_shards(folder, asked.clips, width=32)
    seen: dict[int, float] = {}

    def tell(name: str, tally: Any, money: Any) -> None:
        if tally.done % 1000 == 0:
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            seen[tally.done] = pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    with serving(0.0) as (url, _):
        Clips(url, folder).ask(asked.clips, 16, asked.processes[0], tell)
    for done, megabytes in seen.items():
        print(f"{done:6d} clips: {megabytes:6.1f} MB")
    first, last = seen[min(seen)], seen[max(seen)]
    print(f"from the first to the last: {last - first:+.1f} MB")


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=600)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--at-once", type=int, nargs="+", default=[16, 64])
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--clips", type=int, default=10_000)
    asked = parser.parse_args()
    measure_memory(asked) if asked.memory else measure_speed(asked)


if __name__ == "__main__":
    sys.exit(main())
