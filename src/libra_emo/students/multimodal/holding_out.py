"""Films that a training holds out to be scored on as it goes."""

from __future__ import annotations

import hashlib

import pandas as pd


def hold_out_films(films: pd.Series, fraction: float, most: int, seed: int) -> set[str]:
    """Return films of which no clip is learnt: together at most a share of the clips.

    Films are tried in an order that the seed draws, and taken while they fit, so that a film that
    is added to the others moves none of them.

    Args:
        films: The film of each clip.
        fraction: The share of clips to hold out.
        most: The most clips to hold out.
        seed: Of the order.

    Returns:
        None at all where even the smallest film is more than the share.
    """
    sizes = films.value_counts()
    room = min(int(len(films) * fraction), most)
    chosen: set[str] = set()
    for film in sorted(sizes.index, key=lambda name: _draw(seed, str(name))):
        if sizes[film] <= room and len(chosen) + 1 < len(sizes):
            chosen.add(film)
            room -= int(sizes[film])
    return chosen


def _draw(seed: int, film: str) -> str:
    return hashlib.sha256(f"{seed}/held out/{film}".encode()).hexdigest()
