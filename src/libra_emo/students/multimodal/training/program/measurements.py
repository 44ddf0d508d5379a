"""Measurements of a training: speed, waiting for data, memory."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from libra_emo.common.files import read_lines, write_lines


class Stopwatch:
    """Adds up clips, tokens, and the time in which the training waited for them."""

    def __init__(self) -> None:
        self._restart()

    def add(self, waited_s: float, clips: int, tokens: int) -> None:
        """Add the clips and tokens of one step, over all processes."""
        self.waited_s += waited_s
        self.clips += clips
        self.tokens += tokens

    def _restart(self) -> None:
        self.waited_s, self.clips, self.tokens = 0.0, 0, 0
        self._since = time.perf_counter()

    def read(self) -> dict[str, float]:
        """Return clips and tokens a second and the share of waiting, and start again."""
        seconds = max(time.perf_counter() - self._since, 1e-9)
        rates = {
            "clips_per_second": self.clips / seconds,
            "tokens_per_second": self.tokens / seconds,
            "data_wait_share": min(1.0, self.waited_s / seconds),
            "tokens_per_clip": self.tokens / max(1, self.clips),
        }
        self._restart()
        return rates


class Recorder:
    """Writes measurements, a line at a time.

    Args:
        path: File of the measurements; lines after `from_step` are cut off, since these steps are
            repeated.
        from_step: Step that the training resumes from.
    """

    def __init__(self, path: Path, from_step: int) -> None:
        self._path = path
        write_lines(path, [line for line in read_lines(path) if line["step"] <= from_step])

    def write(self, kind: str, step: int, values: dict[str, Any]) -> None:
        """Append a line."""
        line = {"kind": kind, "step": step, "time": round(time.time(), 3), **values}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())


def gpu_memory() -> dict[str, float]:
    """Return the peak memory of this process on its GPU, in GiB; nothing without a GPU."""
    import torch

    if not torch.cuda.is_available():
        return {}
    return {
        "gpu_memory_gib": torch.cuda.max_memory_allocated() / 2**30,
        "gpu_reserved_gib": torch.cuda.max_memory_reserved() / 2**30,
    }
