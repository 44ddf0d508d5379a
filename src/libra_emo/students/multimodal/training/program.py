"""The program that trains: a launcher starts it, once for each process.

    python -m libra_emo.students.multimodal.training.program --folder FOLDER

The folder holds a specification and examples; checkpoints, measurements and the result go there.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from libra_emo.errors import LibraEmoError
from libra_emo.media.shards import ShardReader
from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.options import MultimodalOptions
from libra_emo.students.multimodal.training import checkpoints
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.batches import Batches
from libra_emo.students.multimodal.training.learning import prepare_model
from libra_emo.students.multimodal.training.lessons import Lessons
from libra_emo.students.multimodal.training.measuring import Recorder, gpu_memory
from libra_emo.students.multimodal.training.options import FineTuningOptions
from libra_emo.students.multimodal.training.order import order_training
from libra_emo.students.multimodal.training.specification import Specification
from libra_emo.students.multimodal.training.validation import build_scorer
from libra_emo.students.multimodal.training.watching import end_with_starter
from libra_emo.students.multimodal.training.zero import configure_zero

if TYPE_CHECKING:
    from libra_emo.students.multimodal.training.trainer import FineTuner

# what a checkpoint holds beside the weights
_NOT_WEIGHTS = (
    "trainer_state.json",
    "training_args.bin",
    "optimizer.pt",
    "optimizer.bin",
    "scheduler.pt",
    "latest",
    "zero_to_fp32.py",
    "README.md",
    checkpoints.MARKER,
)


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
        files.write_json(run / files.TROUBLE, {"message": str(error)})
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
        _finish(run, specification, batches, {"seconds": time.time() - began, "from": at_start})
    trainer.accelerator.wait_for_everyone()


def _build(run: Path, specification: Specification) -> tuple[FineTuner, Batches]:
    import torch
    from transformers import set_seed

    from libra_emo.students.multimodal.training.trainer import FineTuner, build_arguments

    options = MultimodalOptions.model_validate(specification.multimodal)
    tuning = options.training
    batches = Batches(**specification.batch)
    cuda = os.environ.get("DS_ACCELERATOR") != "cpu" and torch.cuda.is_available()
    rows = files.read_lines(run / files.EXAMPLES)
    held_out = files.read_lines(run / files.VALIDATION)
    arguments = build_arguments(run, _arguments(options, batches, cuda, bool(held_out)))
    set_seed(specification.seed)
    family = open_family(options)
    model, processor = family.load(
        options.checkpoint,
        options.model_copy(update={"dtype": _dtype(tuning)}),
        _place(tuning, cuda),
    )
    model = prepare_model(model, family, options)
    shards = ShardReader(specification.shards)
    shards.clip_ids()  # read once, before processes that prepare clips inherit it
    order = order_training(
        specification.labels,
        specification.seed,
        batches.epochs,
        batches.batch_clips,
        tuning.class_balance,
    )
    lessons = Lessons(
        rows,
        order,
        batches.steps_per_epoch * batches.batch_clips,
        shards,
        options,
        family,
        processor,
        specification.seed,
    )
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


def _dtype(tuning: FineTuningOptions) -> str:
    """Return what the weights are loaded as; all of them learnt without DeepSpeed want float32."""
    alone = not tuning.lora.rank and tuning.launcher.kind != "deepspeed"
    return "float32" if tuning.precision == "fp32" or alone else "bfloat16"


def _place(tuning: FineTuningOptions, cuda: bool) -> str:
    """Return where the weights are loaded to; stage 3 parts them as they come."""
    parted = tuning.launcher.kind == "deepspeed" and tuning.launcher.zero_stage == 3
    return f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if cuda and not parted else "cpu"


def _arguments(
    options: MultimodalOptions, batches: Batches, cuda: bool, scored: bool
) -> dict[str, Any]:
    tuning = options.training
    values: dict[str, Any] = {
        "per_device_train_batch_size": batches.micro_batch_clips,
        "gradient_accumulation_steps": batches.accumulation,
        "num_train_epochs": 1,  # the lessons hold all epochs
        "learning_rate": tuning.learning_rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": batches.warmup_steps(tuning.warmup_ratio),
        "weight_decay": tuning.weight_decay,
        "max_grad_norm": tuning.max_gradient_norm,
        "optim": "adamw_torch",
        "bf16": tuning.precision == "bf16",
        "use_cpu": not cuda,
        "gradient_checkpointing": tuning.gradient_checkpointing,
        "gradient_checkpointing_kwargs": {"use_reentrant": False},
        "ddp_find_unused_parameters": False,
        "ddp_backend": ("nccl" if cuda else "gloo") if batches.processes > 1 else None,
        "dataloader_num_workers": tuning.loader_workers,
        "dataloader_prefetch_factor": 4 if tuning.loader_workers else None,
        "dataloader_pin_memory": cuda,
        "logging_strategy": "steps",
        "logging_steps": tuning.log_every_steps,
        "save_strategy": "steps",
        "save_steps": tuning.checkpoint_every_steps,
        "average_tokens_across_devices": False,  # ours counts over processes itself
    }
    if scored:
        values |= {
            "eval_strategy": "steps",
            "eval_steps": tuning.checkpoint_every_steps,
            "metric_for_best_model": tuning.best_by,
            "greater_is_better": tuning.best_by != "loss",
        }
    if tuning.launcher.kind == "deepspeed":
        values["deepspeed"] = configure_zero(tuning, batches, cuda)
    return values


def _finish(
    run: Path, specification: Specification, batches: Batches, told: dict[str, Any]
) -> None:
    """Put the last and the best weights into folders of their own, and tell the result."""
    from libra_emo.students.multimodal.training.trainer import best_step

    tuning = MultimodalOptions.model_validate(specification.multimodal).training
    last = checkpoints.whole_checkpoints(run)[-1]
    best = best_step(last)
    copy_weights(last, run / files.LAST)
    others = best is not None and best != checkpoints.step_of(last)
    if others:
        copy_weights(run / f"checkpoint-{best}", run / files.BEST)
    result = {
        **told,
        "weights": files.BEST if others and tuning.keep == "best" else files.LAST,
        "steps": batches.steps,
        "best_step": best,
        "processes": batches.processes,
        **gpu_memory(),
    }
    files.write_json(run / files.RESULT, result)


def copy_weights(checkpoint: Path, folder: Path) -> None:
    """Copy the weights of a checkpoint and what describes them, and not what learning needs."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in checkpoint.iterdir():
        if path.is_file() and path.name not in _NOT_WEIGHTS and "rng_state" not in path.name:
            shutil.copy2(path, folder / path.name)


if __name__ == "__main__":
    sys.exit(main())
