"""A server with a fixed latency that discards what it reads, in a process of its own."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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


class Answering(asyncio.BufferedProtocol):
    """Answers every request after the latency and keeps the connection; bodies are discarded."""

    room = bytearray(1 << 20)

    def __init__(self, latency_s: float) -> None:
        self.latency_s, self.head, self.left = latency_s, b"", -1

    def connection_made(self, transport: Any) -> None:
        """Keep the transport for the answers."""
        self.transport = transport

    def get_buffer(self, sizehint: int) -> bytearray:
        """Return the one buffer of all connections."""
        return self.room

    def buffer_updated(self, nbytes: int) -> None:
        """Count the bytes that came, and answer when the body is complete."""
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


def serve(latency_s: float, ports: multiprocessing.Queue[int]) -> None:
    """Run the server."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Answering(latency_s), "127.0.0.1", 0)
        ports.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


@contextmanager
def serving(latency_s: float) -> Iterator[tuple[str, int]]:
    """Yield the address and the process id of a server in a process of its own."""
    ports: multiprocessing.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(latency_s, ports), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{ports.get()}/v1", int(server.pid or 0)
    finally:
        server.terminate()
