"""The training program: a launcher starts it, once for each process.

    python -m libra_emo.students.multimodal.training.program.main --folder FOLDER

The folder holds a specification and examples; checkpoints, measurements and the result are
written there.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from libra_emo.common.files import read_lines, write_json
from libra_emo.errors import LibraEmoError
from libra_emo.media.shards import ShardReader
from libra_emo.students.multimodal.families import Family, open_family
from libra_emo.students.multimodal.training import checkpoints
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.batches import Batches, order_training
from libra_emo.students.multimodal.training.program.arguments import (
    choose_arguments,
    choose_device,
    choose_dtype,
)
from libra_emo.students.multimodal.training.program.dataset import TrainingDataset
from libra_emo.students.multimodal.training.program.deepspeed_config import disable_shm_build
from libra_emo.students.multimodal.training.program.measurements import Recorder
from libra_emo.students.multimodal.training.program.result import write_result
from libra_emo.students.multimodal.training.program.validation import build_scorer
from libra_emo.students.multimodal.training.program.watchdog import end_with_starter
from libra_emo.students.multimodal.training.refused import Refusals
from libra_emo.students.multimodal.training.shard_place import open_shards
from libra_emo.students.multimodal.training.specification import Specification
from libra_emo.students.multimodal.training.trainable_weights import prepare_model
from libra_emo.students.options.multimodal import MultimodalOptions

if TYPE_CHECKING:
    from libra_emo.students.multimodal.training.program.fine_tuner import FineTuner


def main(arguments: Sequence[str] | None = None) -> int:
    """Train by the specification in a folder, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="folder of the training")
    parser.add_argument("--local_rank", type=int, default=0, help="given by DeepSpeed's launcher")
    run: Path = parser.parse_args(arguments).folder
    try:
        end_with_starter(run, files.read_specification(run / files.SPECIFICATION).start)
        train(run)
    except LibraEmoError as error:
        write_json(run / files.ERROR, {"message": plain_message(error)})
        print(error, file=sys.stderr)  # noqa: T201 - the program's log
        return 1
    return 0


def plain_message(error: Exception) -> str:
    """Return an error's message, without the traceback that a loader's process puts around it."""
    text = str(error).strip()
    if "Original Traceback" not in text:
        return text
    return text.splitlines()[-1].partition("Error: ")[2] or text


def train(run: Path) -> None:
    """Train, from the last whole checkpoint if there is one, and write the result.

    Raises:
        StudentError: If the specification, the checkpoint or a clip cannot be used.
    """
    began = time.time()
    specification = files.read_specification(run / files.SPECIFICATION)
    trainer, batches = _build(run, specification)
    last = checkpoints.last_whole(run)
    at_start = 0 if last is None else checkpoints.step_of(last)
    if at_start < batches.steps:
        trainer.train(resume_from_checkpoint=str(last) if last else None)
    trainer.accelerator.wait_for_everyone()
    if trainer.is_world_process_zero():
        summary = {"seconds": time.time() - began, "from": at_start}
        write_result(run, specification, batches, summary)
    trainer.accelerator.wait_for_everyone()


def _build(run: Path, specification: Specification) -> tuple[FineTuner, Batches]:
    import torch
    from transformers import set_seed

    from libra_emo.students.multimodal.training.program.fine_tuner import FineTuner, build_arguments

    options = MultimodalOptions.model_validate(specification.multimodal)
    tuning = options.training
    batches = Batches(**specification.batch)
    cuda = os.environ.get("DS_ACCELERATOR") != "cpu" and torch.cuda.is_available()
    rows = read_lines(run / files.EXAMPLES)
    held_out = read_lines(run / files.VALIDATION)
    if tuning.launcher.kind == "deepspeed" and not cuda:
        disable_shm_build()
    arguments = build_arguments(run, choose_arguments(options, batches, cuda, bool(held_out)))
    set_seed(specification.seed)
    family = open_family(options)
    model, processor = family.load(
        options.checkpoint,
        options.model_copy(update={"dtype": choose_dtype(tuning)}),
        choose_device(tuning, cuda),
    )
    model = prepare_model(model, family, options)
    shards = open_shards(run, specification.shards)
    shards.clip_ids()  # read once, before the processes that prepare clips inherit it
    dataset = _build_dataset(run, specification, rows, batches, shards, family, processor)
    first = arguments.process_index == 0
    last = checkpoints.last_whole(run)
    at_start = 0 if last is None else checkpoints.step_of(last)
    trainer = FineTuner(
        recorder=Recorder(run / files.MEASUREMENTS, at_start) if first else None,
        score=build_scorer(held_out, shards, family, processor, options, specification.taxonomy),
        steps_per_epoch=batches.steps_per_epoch,
        model=model,
        args=arguments,
        train_dataset=dataset,
        eval_dataset=held_out or None,
        data_collator=family.collate,
    )
    return trainer, batches


def _build_dataset(
    run: Path,
    specification: Specification,
    rows: list[dict[str, Any]],
    batches: Batches,
    shards: ShardReader,
    family: Family,
    processor: Any,
) -> TrainingDataset:
    options = MultimodalOptions.model_validate(specification.multimodal)
    order = order_training(
        specification.labels,
        specification.seed,
        batches.epochs,
        batches.batch_clips,
        options.training.class_balance,
    )
    per_epoch = batches.steps_per_epoch * batches.batch_clips
    refusals = Refusals(run, len(rows))
    return TrainingDataset(
        rows, order, per_epoch, shards, options, family, processor, specification.seed, refusals
    )


if __name__ == "__main__":
    sys.exit(main())
