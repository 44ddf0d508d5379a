"""What is learnt, place by place: each clip as tensors, varied for its epoch."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from libra_emo.students.multimodal.examples import Clips, open_example
from libra_emo.students.multimodal.families import UNLEARNT, Encoded, Family
from libra_emo.students.multimodal.options import MultimodalOptions
from libra_emo.students.multimodal.training.order import FILLER


class Lessons:
    """The clips of all epochs in the order in which they are learnt.

    A place gives the same tensors whichever process asks, and whatever was asked before: so a
    training that was interrupted goes on as if it had not been.

    Args:
        rows: Of `conversations`.
        order: Places in `rows`, or `FILLER` for a clip that counts for nothing.
        per_epoch: How many places an epoch has.
        shards: Gives the clips.
        options: What is taken of a clip, and how it is varied.
        family: How a clip becomes tensors.
        processor: The model's own.
        seed: Of the augmentation.
    """

    def __init__(
        self,
        rows: Sequence[Mapping[str, Any]],
        order: NDArray[Any],
        per_epoch: int,
        shards: Clips,
        options: MultimodalOptions,
        family: Family,
        processor: Any,
        seed: int,
    ) -> None:
        self._rows = rows
        self._order = order
        self._per_epoch = per_epoch
        self._shards = shards
        self._options = options
        self._family = family
        self._processor = processor
        self._seed = seed

    def __len__(self) -> int:
        """Return the number of places in all epochs."""
        return len(self._order)

    def __getitem__(self, place: int) -> Encoded:
        """Return the tensors at a place."""
        chosen = int(self._order[place])
        row = self._rows[max(chosen, 0)]
        epoch = place // self._per_epoch
        example = open_example(row, self._shards, self._options, epoch, self._seed)
        encoded = self._family.encode(self._processor, example, example.answer)
        if chosen != FILLER:
            return encoded
        unlearnt = encoded.labels.new_full(encoded.labels.shape, UNLEARNT)
        return dataclasses.replace(encoded, labels=unlearnt)
