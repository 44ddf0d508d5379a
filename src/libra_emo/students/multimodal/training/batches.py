"""How the clips between two updates are dealt out to processes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from libra_emo.students.errors import StudentError


@dataclass(frozen=True)
class Batches:
    """The arithmetic of a training.

    Attributes:
        processes: Over all machines.
        micro_batch_clips: Clips that a process holds at a time.
        accumulation: Such portions that a process works through between two updates.
        steps_per_epoch: Updates in one pass over the clips; the last may be filled up with clips
            that count for nothing.
        epochs: Passes over the clips.
    """

    processes: int
    micro_batch_clips: int
    accumulation: int
    steps_per_epoch: int
    epochs: int

    @property
    def batch_clips(self) -> int:
        """Clips between two updates, over all processes."""
        return self.processes * self.micro_batch_clips * self.accumulation

    @property
    def steps(self) -> int:
        """Updates in all."""
        return self.steps_per_epoch * self.epochs

    def warmup_steps(self, ratio: float) -> int:
        """Return the updates in which the learning rate rises, rounded up.

        The first of them is made with a rate of 0, so one at least comes after them.
        """
        return min(math.ceil(self.steps * ratio), self.steps - 1)


def plan_batches(
    clips: int, batch_clips: int, micro_batch_clips: int, processes: int, epochs: int
) -> Batches:
    """Return how the clips are dealt out.

    Args:
        clips: That are trained on.
        batch_clips: Between two updates, over all processes.
        micro_batch_clips: That one process holds at a time.
        processes: Over all machines.
        epochs: Passes over the clips.

    Raises:
        StudentError: If there are no clips, or the batch is no multiple of what all processes hold.
    """
    if clips < 1:
        raise StudentError("there are no clips to train on")
    at_once = micro_batch_clips * processes
    if batch_clips % at_once:
        below, above = batch_clips // at_once * at_once, -(-batch_clips // at_once) * at_once
        near = f"{below} or {above}" if below else str(above)
        raise StudentError(
            f"batch_clips: {batch_clips} clips do not divide into portions of {micro_batch_clips} "
            f"for {processes} {'process' if processes == 1 else 'processes'}; take {near} clips, "
            f"or another micro_batch_clips (multiples of {at_once} fit)"
        )
    return Batches(
        processes=processes,
        micro_batch_clips=micro_batch_clips,
        accumulation=batch_clips // at_once,
        steps_per_epoch=-(-clips // batch_clips),
        epochs=epochs,
    )
