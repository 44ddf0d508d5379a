"""Draws that depend on the seed and on the names of what they are for, and on nothing else.

The order in which things are drawn, their number and the machine change no draw.
"""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np

SEPARATOR: Final = "\0"


def draw_key(seed: int, *names: object, separator: str = SEPARATOR) -> bytes:
    """Return 32 bytes of its own for each combination of seed and names; to sort by, for example.

    Args:
        seed: Seed of the run.
        names: What the draw is for, such as a clip's id.
        separator: What stands between the names when they are hashed.
    """
    text = separator.join(str(part) for part in (seed, *names))
    return hashlib.sha256(text.encode()).digest()


def generator(seed: int, *names: object) -> np.random.Generator:
    """Return a generator of its own for each combination of seed and names."""
    return np.random.default_rng(int.from_bytes(draw_key(seed, *names), "big"))
