"""Measures how long it takes to prepare a question about a clip.

    python benchmarks/preparing.py [--clips 200] [--seconds 8]

Sixteen pictures of 448 x 252 and the sound at 16 kHz are read from a shard, hashed for the key and
put into a message. No film is opened: clips are read as preprocessing left them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from libra_emo.llm.client.model import LlmResources, QuestionBuilder
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.options import ModelOptions
from libra_emo.llm.pricing.price_list import PriceList
from libra_emo.llm.request.keys import Keys
from libra_emo.llm.request.prompts import Prompt
from libra_emo.media.shards import ClipData, ShardReader, ShardWriter

WAYS = (
    ("pictures as stored", {"modalities": "VT"}),
    ("pictures made smaller", {"modalities": "VT", "frame_pixels": 336}),
    ("pictures and sound as wav", {}),
    ("pictures and sound as mp3", {"sound_format": "mp3"}),
)
PROMPT = "{% block system %}Say why.{% endblock %}{% block user %}{{ subtitle }}{% endblock %}"


def make_shards(folder: Path, clips: int, seconds: float) -> None:
    """Write clips with pictures as detailed as a film's, some 25 kB each, and noise as sound."""
    random = np.random.default_rng(1)
    coarse = random.integers(0, 255, (16, 63, 112, 3), dtype=np.uint8)
    frames = [cv2.resize(picture, (448, 252)) for picture in coarse]
    sound = random.normal(0, 0.05, round(16_000 * seconds)).astype(np.float32)
    with ShardWriter(folder, "film") as shard:
        for number in range(clips):
            shard.add(ClipData(f"c{number:06d}", frames, [0.0] * 16, sound, 16_000))


def measure(folder: Path, clips: int, **more: object) -> dict[str, float]:
    """Return milliseconds for each clip, read and encode, and the size of a message in kB."""
    options = ModelOptions.model_validate({"name": "m", "model": "openai/m", "free": True, **more})
    reader = ShardReader(folder)
    names = reader.clip_ids()[:clips]
    with Ledger(folder / "answers.sqlite") as ledger:
        prices = PriceList.model_validate({"date": "2026-01-01"})
        prompt = Prompt(PROMPT, "benchmark")
        resources = LlmResources(reader, ledger, prompt, prices, Keys(), 1, lambda: "")
        builder = QuestionBuilder(options, resources)
        read = encoded = 0.0
        size = 0
        for name in names:
            start = time.perf_counter()
            question = builder.build(name, "words")
            question.key  # noqa: B018 - it is cached
            middle = time.perf_counter()
            messages = question.messages()
            read, encoded = read + middle - start, encoded + time.perf_counter() - middle
            size = len(json.dumps(messages))
    count = len(names)
    return {"read": 1000 * read / count, "encode": 1000 * encoded / count, "kB": size / 1000}


def main() -> None:
    """Print a line for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=8.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_shards(folder, given.clips, given.seconds)
        print(f"{given.clips} clips of {given.seconds:g} s, one core; milliseconds a clip")
        for name, more in WAYS:
            measured = measure(folder, given.clips, **more)
            whole = measured["read"] + measured["encode"]
            print(
                f"{name:28} read and key {measured['read']:5.1f}, "
                f"encode {measured['encode']:5.1f}, "
                f"together {whole:5.1f}; sent {measured['kB']:.0f} kB"
            )


if __name__ == "__main__":
    main()
