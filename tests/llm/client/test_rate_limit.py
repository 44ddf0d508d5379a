import asyncio

from libra_emo.llm.client.rate_limit import RateLimit


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds


def times(pace: RateLimit, clock: Clock, tokens: list[float]) -> list[float]:
    async def run() -> list[float]:
        found = []
        for count in tokens:
            await pace.wait(count)
            found.append(clock.time - 100)
        return found

    return asyncio.run(run())


def test_requests_a_minute() -> None:
    clock = Clock()
    pace = RateLimit(120, None, clock.now, clock.sleep)
    assert times(pace, clock, [1] * 4) == [0, 0.5, 1, 1.5]


def test_tokens_a_minute_when_they_are_stricter() -> None:
    clock = Clock()
    pace = RateLimit(120, 60_000, clock.now, clock.sleep)
    assert times(pace, clock, [2000, 100, 4000, 0]) == [0, 2, 2.5, 6.5]


def test_a_pause_holds_whoever_waits() -> None:
    clock = Clock()
    pace = RateLimit(None, None, clock.now, clock.sleep)
    pace.pause(7)
    pace.pause(3)
    assert times(pace, clock, [1, 1]) == [7, 7]


def test_without_limits_nobody_waits() -> None:
    clock = Clock()
    assert times(RateLimit(None, None, clock.now, clock.sleep), clock, [1e9] * 3) == [0, 0, 0]
