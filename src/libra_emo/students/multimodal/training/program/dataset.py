"""The training dataset: the clips of all epochs as tensors, augmented for their epoch."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from libra_emo.media.shards import read_ahead
from libra_emo.students.errors import EncodingError
from libra_emo.students.multimodal.examples import Clips, open_example
from libra_emo.students.multimodal.families import UNLEARNT, Encoded, Family
from libra_emo.students.multimodal.training.batches import FILLER
from libra_emo.students.multimodal.training.refused import Refusals
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
        refusals: Where clips are noted that cannot be encoded. Each counts for nothing: another
            clip takes its place, of which nothing is learnt. None lets the first one end the
            training.
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
        refusals: Refusals | None = None,
    ) -> None:
        self._rows = rows
        self._order = order
        self._per_epoch = per_epoch
        self._shards = shards
        self._options = options
        self._family = family
        self._processor = processor
        self._seed = seed
        self._refusals = refusals

    def __len__(self) -> int:
        """Return the length of all epochs."""
        return len(self._order)

    def __getitem__(self, index: int) -> Encoded:
        """Return the tensors at an index.

        Raises:
            StudentError: If a clip has no frames, or too many cannot be encoded.
        """
        return self._get(index, self._shards)

    def __getitems__(self, indices: Sequence[int]) -> list[Encoded]:
        """Return the tensors of a batch, as torch's loader asks for them.

        The clips of remote shards are fetched together.

        Raises:
            StudentError: If a clip has no frames, or too many cannot be encoded.
        """
        places = [max(int(self._order[index]), 0) for index in indices]
        with read_ahead(self._shards, [self._rows[n]["clip_id"] for n in places]) as source:
            return [self._get(index, source) for index in indices]

    def _get(self, index: int, source: Clips) -> Encoded:
        chosen = int(self._order[index])
        epoch = index // self._per_epoch
        place = max(chosen, 0)
        encoded = self._encode(place, epoch, source)
        if encoded is not None and chosen != FILLER:
            return encoded
        while encoded is None:  # ends, since the refusals raise before all rows are tried
            place = (place + 1) % len(self._rows)
            encoded = self._encode(place, epoch, source)
        unlearnt = encoded.labels.new_full(encoded.labels.shape, UNLEARNT)
        return dataclasses.replace(encoded, labels=unlearnt)

    def _encode(self, place: int, epoch: int, source: Clips) -> Encoded | None:
        """Return the tensors of a row, or None, noted, if it cannot be encoded."""
        row = self._rows[place]
        example = open_example(row, source, self._options, epoch, self._seed)
        try:
            return self._family.encode(self._processor, example, example.answer)
        except EncodingError as error:
            if self._refusals is None:
                raise
            self._refusals.add(example.clip_id, str(error))
            return None
