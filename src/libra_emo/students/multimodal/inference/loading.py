"""Clips that are read and encoded one batch ahead of the model."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from libra_emo.media.shards import read_ahead
from libra_emo.students.errors import EncodingError
from libra_emo.students.multimodal.examples import Clips, Example, open_example
from libra_emo.students.multimodal.families import Encoded
from libra_emo.students.options import MultimodalOptions

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Batch:
    """Some clips with their requests, as they were opened and as tensors.

    Attributes:
        examples: Clips that could be encoded.
        encoded: Their tensors.
        places: Their places among all requests.
    """

    examples: list[Example]
    encoded: list[Encoded]
    places: list[int]


def load_batches(
    rows: Sequence[Mapping[str, Any]],
    shards: Clips,
    options: MultimodalOptions,
    encode: Callable[[Example], Encoded],
) -> Iterator[Batch]:
    """Give the clips of requests in their order, `predict_batch_clips` at a time.

    A clip that cannot be encoded is left out, and named in the log.

    Clips of remote shards are fetched earlier than that.

    While the model works on one batch, `predict_loader_threads` threads read the next one from its
    shards; decoding pictures blocks no other thread.

    Args:
        rows: Requests.
        shards: Source of the clips.
        options: Options of the student: frames, their size, modalities, batch and threads.
        encode: Function that turns a clip into tensors.
    """
    size = options.predict_batch_clips
    with (
        read_ahead(shards, [row["clip_id"] for row in rows]) as source,
        ThreadPoolExecutor(options.predict_loader_threads) as readers,
        ThreadPoolExecutor(1) as ahead,
    ):
        open_row = partial(open_example, shards=source, options=options)

        def load(start: int) -> Batch:
            found: list[tuple[Example, Encoded, int]] = []
            opened = readers.map(open_row, rows[start : start + size])
            for place, example in enumerate(opened, start):
                try:
                    found.append((example, encode(example), place))
                except EncodingError as error:
                    logger.warning("no prediction: %s", error)
            return Batch(*([part[number] for part in found] for number in range(3)))  # type: ignore[arg-type]

        jobs = (ahead.submit(load, start) for start in range(0, len(rows), size))
        coming = next(jobs, None)
        while coming is not None:
            batch = coming.result()
            coming = next(jobs, None)
            if batch.places:
                yield batch
