"""Draws that depend on the seed and on the names of what they are for, and on nothing else.

The order in which things are drawn, their number and the machine change no draw.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
    import numpy as np

    return np.random.default_rng(int.from_bytes(draw_key(seed, *names), "big"))


def uniforms(ids: Iterable[str], seed: int, *names: object) -> NDArray[np.float64]:
    """Return a number in [0, 1) for each id, which depends on it, the seed and the names alone.

    Which other ids there are, and their order, changes nothing, so a sample that keeps the ids
    below a threshold stays the same when clips are added. The numbers are SipHash values of the
    ids under a key of seed and names, as pandas computes them for whole columns.

    Args:
        ids: Ids such as those of clips.
        seed: Seed of the run.
        names: What the draw is for.
    """
    import numpy as np
    from pandas.util import hash_array

    key = draw_key(seed, *names).hex()[:16]
    texts = np.array(list(ids), dtype=object)
    hashed = hash_array(texts, hash_key=key, categorize=False)
    return np.asarray(hashed >> np.uint64(11), dtype=np.float64) / 2.0**53
