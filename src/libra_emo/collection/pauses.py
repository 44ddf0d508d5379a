"""The pauses between two films."""

from __future__ import annotations

from libra_emo.collection.options import CollectionOptions
from libra_emo.common.seeding import generator


def draw_pause(options: CollectionOptions, seed: int, address: str) -> float:
    """Return the pause before a film in seconds, always the same for a film."""
    low, high = options.min_wait_seconds, options.max_wait_seconds
    return float(generator(seed, "pause", address).uniform(low, high))
