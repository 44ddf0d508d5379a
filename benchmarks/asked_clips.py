"""Clips for the benchmark of voting, and how the project asks about them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np


def make_shards(folder: Path, clips: int, width: int = 320) -> None:
    """Write clips with sixteen pictures, each of about 25 kB at the default width."""
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


class Clips:
    """Clips, and how the project's client asks about them."""

    def __init__(self, url: str, folder: Path) -> None:
        from libra_emo.llm.request.attachments import Encoding
        from libra_emo.llm.request.question import Model
        from libra_emo.media.shards import ShardReader

        self.source, self.encoding = ShardReader(folder), Encoding(16, 448, 85, False, "wav")
        self.model = Model("openai/m", url, parameters={"max_tokens": 60})

    def question(self, number: int) -> Any:
        """Return the question about a clip."""
        from libra_emo.llm.request.attachments import attach
        from libra_emo.llm.request.prompts import RenderedPrompt
        from libra_emo.llm.request.question import Question

        clip = f"c{number:06d}"
        attachments = attach(self.source.raw(clip), clip, self.encoding)
        prompt = RenderedPrompt("label", f"which? {clip}")
        return Question(clip, self.model, prompt, "v", attachments)

    def ask(
        self,
        count: int,
        at_once: int,
        processes: int,
        on_progress: Callable[..., None] = lambda *progress: None,
    ) -> None:
        """Ask about clips as voting does, with a ledger of its own."""
        from libra_emo.llm.client.ask import Client
        from libra_emo.llm.client.settings import ModelSettings
        from libra_emo.llm.ledger.ledger import Ledger
        from libra_emo.llm.pricing.prices import FREE

        with Ledger(Path(tempfile.mkdtemp()) / "answers.sqlite") as ledger:
            client = Client(
                ledger, "bench", 0.0, lambda: "now", on_progress=on_progress, processes=processes
            )
            settings = ModelSettings("one", self.model, FREE, calls_at_once=at_once)
            questions = (partial(self.question, number) for number in range(count))
            tally = client.ask([(settings, questions)])["one"]
            assert tally.answered == count, tally
