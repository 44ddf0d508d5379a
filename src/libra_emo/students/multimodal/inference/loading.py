"""Clips that are read and encoded one batch ahead of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from libra_emo.students.multimodal.examples import Clips, Example, open_example
from libra_emo.students.multimodal.families import Encoded
from libra_emo.students.options import MultimodalOptions


@dataclass(frozen=True)
class Batch:
    """Some clips with their requests, as they were opened and as tensors."""

    examples: list[Example]
    encoded: list[Encoded]


def load_batches(
    rows: Sequence[Mapping[str, Any]],
    shards: Clips,
    options: MultimodalOptions,
    encode: Callable[[Example], Encoded],
) -> Iterator[Batch]:
    """Give the clips of requests in their order, `predict_batch_clips` at a time.

    While the model works on one batch, `predict_loader_threads` threads read the next one from its
    shards; decoding pictures blocks no other thread.

    Args:
        rows: Requests.
        shards: Source of the clips.
        options: Options of the student: frames, their size, modalities, batch and threads.
        encode: Function that turns a clip into tensors.
    """
    size = options.predict_batch_clips
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    open_row = partial(open_example, shards=shards, options=options)
    with (
        ThreadPoolExecutor(options.predict_loader_threads) as readers,
        ThreadPoolExecutor(1) as ahead,
    ):

        def load(part: Sequence[Mapping[str, Any]]) -> Batch:
            examples = list(readers.map(open_row, part))
            return Batch(examples, [encode(example) for example in examples])

        jobs = (ahead.submit(load, part) for part in parts)
        coming = next(jobs, None)
        while coming is not None:
            batch = coming.result()
            coming = next(jobs, None)
            yield batch
