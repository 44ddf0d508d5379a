"""In which order clips are learnt: a pure function of labels and seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FILLER = -1


def order_epoch(
    labels: Sequence[str], seed: int, epoch: int, batch_clips: int, class_balance: float = 0.0
) -> NDArray[np.int64]:
    """Return the places of an epoch's clips in the order in which they are learnt.

    The result is filled up with `FILLER` to whole batches. It does not depend on the number of
    processes, so that any number of them learns the same clips between two updates.

    Args:
        labels: One a clip.
        seed: Of the order.
        epoch: From 0.
        batch_clips: Clips between two updates.
        class_balance: 0 takes every clip once; otherwise as many clips are drawn with replacement,
            each with the weight (clips of its label) ^ -class_balance.
    """
    rng = np.random.default_rng([seed, epoch, 0x0DE5])
    count = len(labels)
    if class_balance > 0:
        often = Counter(labels)
        weights = np.array([often[label] ** -class_balance for label in labels])
        chosen = rng.choice(count, size=count, replace=True, p=weights / weights.sum())
    else:
        chosen = rng.permutation(count)
    missing = -count % batch_clips
    return np.concatenate([chosen, np.full(missing, FILLER)]).astype(np.int64)


def order_training(
    labels: Sequence[str], seed: int, epochs: int, batch_clips: int, class_balance: float = 0.0
) -> NDArray[np.int64]:
    """Return the order of all epochs one after the other, each filled up to whole batches."""
    parts = [order_epoch(labels, seed, n, batch_clips, class_balance) for n in range(epochs)]
    return np.concatenate(parts)
