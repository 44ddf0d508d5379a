"""Random numbers that depend on nothing but the seed and the names of what they are for."""

from __future__ import annotations

import hashlib

import numpy as np


def generator(seed: int, *names: object) -> np.random.Generator:
    """Return a generator of its own for each combination of seed and names."""
    text = "\x1f".join(str(part) for part in (seed, *names))
    return np.random.default_rng(
        int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:16], "big")
    )
