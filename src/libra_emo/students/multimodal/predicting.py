"""A trained student at work: loaded with its weights, and asked about many clips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from libra_emo.media.shards import ShardReader
from libra_emo.students.interface import StudentError
from libra_emo.students.multimodal.examples import Clips, Example, open_example
from libra_emo.students.multimodal.families import Family, open_family
from libra_emo.students.multimodal.options import MultimodalOptions
from libra_emo.students.multimodal.scoring import score_labels
from libra_emo.students.multimodal.training.machine import wants_cuda

ADAPTER = "adapter_config.json"


@dataclass(frozen=True)
class Judge:
    """A model with its processor and family, ready to be asked."""

    model: Any
    processor: Any
    family: Family


def load_judge(options: MultimodalOptions, weights: Path | None = None) -> Judge:
    """Return the model of the options' checkpoint, with what a training made of it.

    Args:
        options: The student's.
        weights: The folder of low-rank matrices or of all weights; None for the checkpoint's own.

    Raises:
        StudentError: If checkpoint or weights cannot be read.
    """
    family = open_family(options)
    if weights is None or (weights / ADAPTER).is_file():
        model, processor = family.load(options.checkpoint, options)
        if weights is not None:
            from peft import PeftModel

            try:
                model = PeftModel.from_pretrained(model, str(weights)).merge_and_unload()
            except (OSError, ValueError, RuntimeError) as error:
                raise StudentError(
                    f"{weights}: cannot be read as low-rank matrices: {error}"
                ) from error
        return Judge(model.eval(), processor, family)
    processor = family.load_processor(options.checkpoint, options)
    model, _ = family.load(str(weights), options)
    return Judge(model, processor, family)


def score_rows(
    judge: Judge,
    rows: Sequence[Mapping[str, Any]],
    shards: Clips,
    options: MultimodalOptions,
    labels: Sequence[str],
) -> NDArray[np.float64]:
    """Return the logarithm of each label's probability among the labels, a row each."""
    found = [np.zeros((0, len(labels)))]
    for examples in _batches(rows, shards, options):
        found.append(score_labels(judge.model, judge.family, judge.processor, examples, labels))
    scores = np.concatenate(found)
    highest = scores.max(axis=1, keepdims=True) if len(scores) else scores
    normal: NDArray[np.float64] = scores - highest
    return normal - np.log(np.exp(normal).sum(axis=1, keepdims=True)) if len(scores) else scores


def score_in_processes(
    options: MultimodalOptions,
    weights: Path,
    rows: Sequence[Mapping[str, Any]],
    folder: Path,
    labels: Sequence[str],
) -> NDArray[np.float64]:
    """Return what `score_rows` does, by several processes with a model each.

    Where there are GPUs, each process takes the next one.

    Args:
        options: The student's; `predict_processes` says how many.
        weights: The folder of the training's weights.
        rows: Requests.
        folder: Of the shards.
        labels: The candidates.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    count = min(options.predict_processes, max(1, len(rows)))
    parts = np.array_split(np.arange(len(rows)), count)
    # a process that has CUDA running cannot be copied
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=fresh) as pool:
        jobs = [
            pool.submit(
                _score_part, number, options, weights, [rows[n] for n in part], folder, labels
            )
            for number, part in enumerate(parts)
        ]
        return np.concatenate([job.result() for job in jobs])


def _score_part(
    number: int,
    options: MultimodalOptions,
    weights: Path,
    rows: Sequence[Mapping[str, Any]],
    folder: Path,
    labels: Sequence[str],
) -> NDArray[np.float64]:
    if wants_cuda(options.device):
        import torch

        place = f"cuda:{number % torch.cuda.device_count()}"
        options = options.model_copy(update={"device": place})
    return score_rows(load_judge(options, weights), rows, ShardReader(folder), options, labels)


def _batches(
    rows: Sequence[Mapping[str, Any]], shards: Clips, options: MultimodalOptions
) -> Iterator[list[Example]]:
    size = options.predict_batch_clips
    for start in range(0, len(rows), size):
        yield [open_example(row, shards, options) for row in rows[start : start + size]]
