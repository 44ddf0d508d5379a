"""The arguments of transformers' Trainer, and where and as what the weights are loaded."""

from __future__ import annotations

import os
from typing import Any

from libra_emo.students.multimodal.training.batches import Batches
from libra_emo.students.multimodal.training.memory import PREFETCHED_BATCHES
from libra_emo.students.multimodal.training.program.deepspeed_config import configure_deepspeed
from libra_emo.students.options.fine_tuning import FineTuningOptions
from libra_emo.students.options.multimodal import MultimodalOptions


def choose_dtype(tuning: FineTuningOptions) -> str:
    """Return the type of the weights: float32 if all are trained without DeepSpeed."""
    alone = not tuning.lora.rank and tuning.launcher.kind != "deepspeed"
    return "float32" if tuning.precision == "fp32" or alone else "bfloat16"


def choose_device(tuning: FineTuningOptions, cuda: bool) -> str:
    """Return the device that the weights are loaded to; stage 3 of ZeRO shards them itself."""
    sharded = tuning.launcher.kind == "deepspeed" and tuning.launcher.zero_stage == 3
    return f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if cuda and not sharded else "cpu"


def choose_arguments(
    options: MultimodalOptions, batches: Batches, cuda: bool, scored: bool
) -> dict[str, Any]:
    """Return the values of the Trainer's arguments.

    Args:
        options: Options of the student.
        batches: Batches of the training.
        cuda: Whether it runs on GPUs.
        scored: Whether there are clips held out.
    """
    tuning = options.training
    values: dict[str, Any] = {
        "per_device_train_batch_size": batches.micro_batch_clips,
        "gradient_accumulation_steps": batches.accumulation,
        "num_train_epochs": 1,  # the dataset holds all epochs
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
        "dataloader_prefetch_factor": PREFETCHED_BATCHES if tuning.loader_workers else None,
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
        values["deepspeed"] = configure_deepspeed(tuning, batches, cuda)
    return values
