"""The training dataset: the clips of all epochs as tensors, augmented for their epoch."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from libra_emo.students.multimodal.examples import Clips, open_example
from libra_emo.students.multimodal.families import UNLEARNT, Encoded, Family
from libra_emo.students.multimodal.training.batches import FILLER
from libra_emo.students.options.multimodal import MultimodalOptions


class TrainingDataset:
    """The clips of all epochs in the order in which they are learnt.

    An index gives the same tensors in every process, whatever was read before. So a training that
    was interrupted resumes as if it had not been.

    Args:
        rows: Rows of `conversations`.
        order: Places in `rows`, or `FILLER` for a clip that counts for nothing.
        per_epoch: Length of an epoch.
        shards: Source of the clips.
        options: Options of the student: frames, modalities, augmentation.
        family: Family of the model.
        processor: Processor of the model.
        seed: Seed of the augmentation.
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
        """Return the length of all epochs."""
        return len(self._order)

    def __getitem__(self, index: int) -> Encoded:
        """Return the tensors at an index."""
        chosen = int(self._order[index])
        row = self._rows[max(chosen, 0)]
        epoch = index // self._per_epoch
        example = open_example(row, self._shards, self._options, epoch, self._seed)
        encoded = self._family.encode(self._processor, example, example.answer)
        if chosen != FILLER:
            return encoded
        unlearnt = encoded.labels.new_full(encoded.labels.shape, UNLEARNT)
        return dataclasses.replace(encoded, labels=unlearnt)
