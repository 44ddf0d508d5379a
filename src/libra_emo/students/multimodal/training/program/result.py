"""The result of a training: its weights in folders of their own, and a summary."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from libra_emo.common.files import write_json
from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.training import checkpoints
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.batches import Batches
from libra_emo.students.multimodal.training.program.measurements import gpu_memory
from libra_emo.students.multimodal.training.refused import Refusals
from libra_emo.students.multimodal.training.specification import Specification
from libra_emo.students.options.multimodal import MultimodalOptions

# files of a checkpoint beside the weights
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


def write_result(
    run: Path, specification: Specification, batches: Batches, summary: dict[str, Any]
) -> None:
    """Copy the last and the best weights into folders of their own, and write the result."""
    from libra_emo.students.multimodal.training.program.fine_tuner import best_step

    options = MultimodalOptions.model_validate(specification.multimodal)
    tuning = options.training
    last = checkpoints.whole_checkpoints(run)[-1]
    best = best_step(last)
    copy_weights(last, run / files.LAST)
    others = best is not None and best != checkpoints.step_of(last)
    if others:
        copy_weights(run / f"checkpoint-{best}", run / files.BEST)
    if not tuning.lora.rank:  # such a folder is a checkpoint of its own
        processor = open_family(options).load_processor(options.checkpoint, options)
        for name in (files.LAST, *([files.BEST] if others else [])):
            processor.save_pretrained(run / name)
    result = {
        **summary,
        "weights": files.BEST if others and tuning.keep == "best" else files.LAST,
        "steps": batches.steps,
        "best_step": best,
        "processes": batches.processes,
        "refused": Refusals(run, len(specification.labels)).read(),
        **gpu_memory(),
    }
    write_json(run / files.RESULT, result)


def copy_weights(checkpoint: Path, folder: Path) -> None:
    """Copy the weights of a checkpoint and their description, without the state of the training."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in checkpoint.iterdir():
        if path.is_file() and path.name not in _NOT_WEIGHTS and "rng_state" not in path.name:
            shutil.copy2(path, folder / path.name)
