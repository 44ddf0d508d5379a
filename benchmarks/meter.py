"""Calls a second, and the processor's time for one."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path


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
        others = sum(_process_s(pid) for pid in _descendants("self") if pid != self.spared)
        return time.process_time() + others


def _descendants(parent: int | str) -> Iterator[int]:
    """Give the processes that one has started, and those that they have."""
    for task in Path(f"/proc/{parent}/task").iterdir():
        for pid in map(int, (task / "children").read_text().split()):
            yield pid
            yield from _descendants(pid)


def _process_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
