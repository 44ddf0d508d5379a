"""Random generators of the sample, one for each combination of seed and names."""

from __future__ import annotations

import numpy as np

from libra_emo.common.seeding import draw_key

# The sample was first drawn with this separator and half of the key. Another derivation would
# draw other films, which change every table that rests on them.
_SEPARATOR = "\x1f"
_KEY_BYTES = 16


def generator(seed: int, *names: object) -> np.random.Generator:
    """Return a generator of its own for each combination of seed and names."""
    key = draw_key(seed, *names, separator=_SEPARATOR)[:_KEY_BYTES]
    return np.random.default_rng(int.from_bytes(key, "big"))
