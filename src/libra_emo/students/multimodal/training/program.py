"""The program that trains: a launcher starts it, once for each process.

    python -m libra_emo.students.multimodal.training.program --folder FOLDER

The folder holds a specification and examples; checkpoints, measurements and the result go there.
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
from libra_emo.students.multimodal.options import MultimodalOptions
from libra_emo.students.multimodal.training import checkpoints
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.arguments import (
    choose_arguments,
    choose_dtype,
    choose_place,
)
from libra_emo.students.multimodal.training.batches import Batches
from libra_emo.students.multimodal.training.dataset import Lessons
from libra_emo.students.multimodal.training.devices import spare_the_compiler
from libra_emo.students.multimodal.training.finishing import finish
from libra_emo.students.multimodal.training.learning import prepare_model
from libra_emo.students.multimodal.training.measurements import Recorder
from libra_emo.students.multimodal.training.order import order_training
from libra_emo.students.multimodal.training.specification import Specification
from libra_emo.students.multimodal.training.validation import build_scorer
from libra_emo.students.multimodal.training.watching import end_with_starter

if TYPE_CHECKING:
    from libra_emo.students.multimodal.training.trainer import FineTuner


def main(arguments: Sequence[str] | None = None) -> int:
    """Train as a folder's specification says, and return the status to end with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="the training's folder")
    parser.add_argument("--local_rank", type=int, default=0, help="given by DeepSpeed's launcher")
    run: Path = parser.parse_args(arguments).folder
    end_with_starter(run)
    try:
        train(run)
    except LibraEmoError as error:
        write_json(run / files.TROUBLE, {"message": str(error)})
        print(error, file=sys.stderr)  # noqa: T201 - the program's log
        return 1
    return 0


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
        finish(run, specification, batches, {"seconds": time.time() - began, "from": at_start})
    trainer.accelerator.wait_for_everyone()


def _build(run: Path, specification: Specification) -> tuple[FineTuner, Batches]:
    import torch
    from transformers import set_seed

    from libra_emo.students.multimodal.training.trainer import FineTuner, build_arguments

    options = MultimodalOptions.model_validate(specification.multimodal)
    tuning = options.training
    batches = Batches(**specification.batch)
    cuda = os.environ.get("DS_ACCELERATOR") != "cpu" and torch.cuda.is_available()
    rows = read_lines(run / files.EXAMPLES)
    held_out = read_lines(run / files.VALIDATION)
    if tuning.launcher.kind == "deepspeed" and not cuda:
        spare_the_compiler()
    arguments = build_arguments(run, choose_arguments(options, batches, cuda, bool(held_out)))
    set_seed(specification.seed)
    family = open_family(options)
    model, processor = family.load(
        options.checkpoint,
        options.model_copy(update={"dtype": choose_dtype(tuning)}),
        choose_place(tuning, cuda),
    )
    model = prepare_model(model, family, options)
    shards = ShardReader(specification.shards)
    shards.clip_ids()  # read once, before processes that prepare clips inherit it
    lessons = _plan_lessons(specification, rows, batches, shards, family, processor)
    first = arguments.process_index == 0
    last = checkpoints.last_whole(run)
    at_start = 0 if last is None else checkpoints.step_of(last)
    trainer = FineTuner(
        recorder=Recorder(run / files.MEASUREMENTS, at_start) if first else None,
        score=build_scorer(held_out, shards, family, processor, options, specification.taxonomy),
        steps_per_epoch=batches.steps_per_epoch,
        model=model,
        args=arguments,
        train_dataset=lessons,
        eval_dataset=held_out or None,
        data_collator=family.collate,
    )
    return trainer, batches


def _plan_lessons(
    specification: Specification,
    rows: list[dict[str, Any]],
    batches: Batches,
    shards: ShardReader,
    family: Family,
    processor: Any,
) -> Lessons:
    options = MultimodalOptions.model_validate(specification.multimodal)
    order = order_training(
        specification.labels,
        specification.seed,
        batches.epochs,
        batches.batch_clips,
        options.training.class_balance,
    )
    per_epoch = batches.steps_per_epoch * batches.batch_clips
    return Lessons(rows, order, per_epoch, shards, options, family, processor, specification.seed)


if __name__ == "__main__":
    sys.exit(main())
