"""A trained student at work: loaded with its weights, and asked about many clips."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from libra_emo.media.shards import ShardReader
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.examples import Clips, Example
from libra_emo.students.multimodal.families import Encoded, Family, open_family
from libra_emo.students.multimodal.inference.generating import Answer, begin_answer, write_answers
from libra_emo.students.multimodal.inference.loading import load_batches
from libra_emo.students.multimodal.inference.scoring import score_encoded
from libra_emo.students.multimodal.options import MultimodalOptions
from libra_emo.students.multimodal.training.devices import wants_cuda

ADAPTER = "adapter_config.json"


Row = Mapping[str, Any]
Told = TypeVar("Told")


@dataclass(frozen=True)
class Judge:
    """A model with its processor and family, ready to be asked."""

    model: Any
    processor: Any
    family: Family


# what a student is asked to do with requests, with one answer each
Work = Callable[[Judge, Sequence[Row], Clips, MultimodalOptions], list[Told]]


def load_judge(options: MultimodalOptions, weights: Path | None = None) -> Judge:
    """Return the model of the options' checkpoint, with what a training made of it.

    Args:
        options: The student's.
        weights: The folder of low-rank matrices or of all weights; None for the checkpoint's own.

    Raises:
        StudentError: If checkpoint or weights cannot be read.
    """
    if weights is not None and not (weights / ADAPTER).is_file():
        # all weights, with their own configuration and processor
        options = options.model_copy(update={"checkpoint": str(weights)})
        weights = None
    family = open_family(options)
    model, processor = family.load(options.checkpoint, options)
    if weights is not None:
        model = _add_matrices(model, weights)
    return Judge(model.eval(), processor, family)


def _add_matrices(model: Any, weights: Path) -> Any:
    """Return the model with low-rank matrices worked into its weights."""
    from peft import PeftModel

    try:
        return PeftModel.from_pretrained(model, str(weights)).merge_and_unload()
    except (OSError, ValueError, RuntimeError) as error:
        raise StudentError(f"{weights}: cannot be read as low-rank matrices: {error}") from error


def score_rows(
    judge: Judge,
    rows: Sequence[Row],
    shards: Clips,
    options: MultimodalOptions,
    labels: Sequence[str],
) -> list[NDArray[np.float64]]:
    """Return the logarithm of each label's probability among the labels, a row each."""
    found: list[NDArray[np.float64]] = []
    encode = partial(judge.family.encode, judge.processor, answer=None)
    for batch in load_batches(rows, shards, options, encode):
        explained = [example.explained for example in batch.examples]
        found += list(
            score_encoded(
                judge.model, judge.family, judge.processor, batch.encoded, explained, labels
            )
        )
    return [scores - np.logaddexp.reduce(scores) for scores in found]


def answer_rows(
    judge: Judge,
    rows: Sequence[Row],
    shards: Clips,
    options: MultimodalOptions,
    label_of: Mapping[str, str] | None = None,
) -> list[Answer]:
    """Return what the student writes as each clip's answer.

    Args:
        judge: The student.
        rows: Requests.
        shards: Gives the clips.
        options: The student's.
        label_of: Clip → the label that it is to explain; None leaves that to the student.
    """
    found: list[Answer] = []

    def encode(example: Example) -> Encoded:
        if label_of is None:
            return judge.family.encode(judge.processor, example, None)
        return begin_answer(judge.family, judge.processor, example, label_of[example.clip_id])

    for batch in load_batches(rows, shards, options, encode):
        begun = None
        if label_of is not None:
            begun = [f"{label_of[example.clip_id]}\n" for example in batch.examples]
        found += write_answers(
            judge.model,
            judge.family,
            judge.processor,
            batch.encoded,
            options.max_answer_tokens,
            begun,
        )
    return found


def ask_processes(
    work: Work[Told],
    options: MultimodalOptions,
    weights: Path,
    rows: Sequence[Row],
    folder: Path,
) -> list[Told]:
    """Return what some work tells of each request, done by several processes with a model each.

    Where there are GPUs, each process takes the next one.

    Args:
        work: Such as `score_rows` with its labels; handed to other processes.
        options: The student's; `predict_processes` says how many.
        weights: The folder of the training's weights.
        rows: Requests.
        folder: Of the shards.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    count = min(options.predict_processes, max(1, len(rows)))
    parts = np.array_split(np.arange(len(rows)), count)
    # a process that has CUDA running cannot be copied
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=fresh) as pool:
        jobs = [
            pool.submit(_ask_part, work, number, options, weights, [rows[n] for n in part], folder)
            for number, part in enumerate(parts)
        ]
        return [told for job in jobs for told in job.result()]


def _ask_part(
    work: Work[Told],
    number: int,
    options: MultimodalOptions,
    weights: Path,
    rows: Sequence[Row],
    folder: Path,
) -> list[Told]:
    if wants_cuda(options.device):
        import torch

        place = f"cuda:{number % torch.cuda.device_count()}"
        options = options.model_copy(update={"device": place})
    return work(load_judge(options, weights), rows, ShardReader(folder), options)
