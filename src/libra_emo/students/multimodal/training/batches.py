"""Steps and batches of a training, and the order of its clips; all follow from options and seed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from libra_emo.common.seeding import generator
from libra_emo.students.errors import StudentError

FILLER = -1  # fills up the last batch of an epoch


@dataclass(frozen=True)
class Batches:
    """The arithmetic of a training.

    Attributes:
        processes: Number of processes on all machines.
        micro_batch_clips: Number of clips that a process holds at a time.
        accumulation: Number of micro-batches that a process works through in a step.
        steps_per_epoch: Number of steps in one pass over the clips; the last may be filled up with
            clips that count for nothing.
        epochs: Number of passes over the clips.
    """

    processes: int
    micro_batch_clips: int
    accumulation: int
    steps_per_epoch: int
    epochs: int

    @property
    def batch_clips(self) -> int:
        """Number of clips in a step, over all processes."""
        return self.processes * self.micro_batch_clips * self.accumulation

    @property
    def steps(self) -> int:
        """Number of steps in all epochs."""
        return self.steps_per_epoch * self.epochs

    def warmup_steps(self, ratio: float) -> int:
        """Return the number of steps in which the learning rate rises, rounded up.

        The first of them has a rate of 0, so at least one step comes after them.
        """
        return min(math.ceil(self.steps * ratio), self.steps - 1)


def plan_batches(
    clips: int, batch_clips: int, micro_batch_clips: int, processes: int, epochs: int
) -> Batches:
    """Return the batches of a training.

    Args:
        clips: Number of clips to learn.
        batch_clips: Number of clips in a step, over all processes.
        micro_batch_clips: Number of clips that one process holds at a time.
        processes: Number of processes on all machines.
        epochs: Number of passes over the clips.

    Raises:
        StudentError: If there are no clips, or the batch is no multiple of the clips that all
            processes hold.
    """
    if clips < 1:
        raise StudentError("there are no clips to train on")
    at_once = micro_batch_clips * processes
    if batch_clips % at_once:
        below, above = batch_clips // at_once * at_once, -(-batch_clips // at_once) * at_once
        near = f"{below} or {above}" if below else str(above)
        raise StudentError(
            f"batch_clips: {batch_clips} clips do not divide into micro-batches of "
            f"{micro_batch_clips} for {processes} "
            f"{'process' if processes == 1 else 'processes'}; take {near} clips, "
            f"or another micro_batch_clips (multiples of {at_once} fit)"
        )
    return Batches(
        processes=processes,
        micro_batch_clips=micro_batch_clips,
        accumulation=batch_clips // at_once,
        steps_per_epoch=-(-clips // batch_clips),
        epochs=epochs,
    )


def order_epoch(
    labels: Sequence[str], seed: int, epoch: int, batch_clips: int, class_balance: float = 0.0
) -> NDArray[np.int64]:
    """Return the places of an epoch's clips in the order in which they are learnt.

    The result is filled up with `FILLER` to whole batches. It does not depend on the number of
    processes, so that any number of them learns the same clips in a step.

    Args:
        labels: Label of each clip.
        seed: Seed of the order.
        epoch: Number of the epoch, from 0.
        batch_clips: Number of clips in a step.
        class_balance: 0 takes every clip once; otherwise as many clips are drawn with replacement,
            each with the weight (clips of its label) ^ -class_balance.
    """
    rng = generator(seed, "order", epoch)
    count = len(labels)
    if class_balance > 0:
        counts = Counter(labels)
        weights = np.array([counts[label] ** -class_balance for label in labels])
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
