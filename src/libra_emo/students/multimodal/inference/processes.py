"""Predictions by several processes, each with a model of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import numpy as np

from libra_emo.execution.workers import LocalExecutor, WorkerDied
from libra_emo.media.shards import ShardReader
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.devices import wants_cuda
from libra_emo.students.multimodal.inference.model import Output, Row, Task, load_model
from libra_emo.students.options import MultimodalOptions


def run_in_processes(
    task: Task[Output],
    options: MultimodalOptions,
    weights: Path,
    rows: Sequence[Row],
    shards: ShardReader,
) -> list[Output]:
    """Return the output of a task for each request, done by several processes.

    Where there are GPUs, each process takes the next one. The requests of a process that dies are
    done once more, by a new process.

    Args:
        task: Task such as `score_rows` with its labels; it is sent to other processes.
        options: Options of the student; `predict_processes` says how many processes there are.
        weights: Folder of the training's weights.
        rows: Requests.
        shards: Source of the clips; each process opens it anew.

    Raises:
        StudentError: If a process dies twice of the same requests.
    """
    count = min(options.predict_processes, max(1, len(rows)))
    parts = [
        [rows[place] for place in part] for part in np.array_split(np.arange(len(rows)), count)
    ]
    with LocalExecutor(count) as pool:

        def start(number: int) -> Future[list[Output]]:
            return pool.submit(_run_part, task, number, options, weights, parts[number], shards)

        jobs = [start(number) for number in range(count)]
        found: list[Output] = []
        for number, job in enumerate(jobs):
            found += _wait(job, partial(start, number))
    return found


def _wait(job: Future[list[Output]], again: Callable[[], Future[list[Output]]]) -> list[Output]:
    """Return the output of a job, which is started again once if its process dies."""
    try:
        return job.result()
    except WorkerDied:
        pass
    try:
        return again().result()
    except WorkerDied as error:
        raise StudentError(
            f"a process that predicts died twice ({error}), perhaps for lack of memory; lower "
            "training.multimodal.predict_processes or predict_batch_clips and run again"
        ) from error


def _run_part(
    task: Task[Output],
    number: int,
    options: MultimodalOptions,
    weights: Path,
    rows: Sequence[Row],
    shards: ShardReader,
) -> list[Output]:
    if wants_cuda(options.device):
        import torch

        device = f"cuda:{number % torch.cuda.device_count()}"
        options = options.model_copy(update={"device": device})
    return task(load_model(options, weights), rows, shards, options)
