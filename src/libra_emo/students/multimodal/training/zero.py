"""DeepSpeed's configuration for a training: ZeRO, precision, clipping."""

from __future__ import annotations

from typing import Any

from libra_emo.students.multimodal.training.batches import Batches
from libra_emo.students.multimodal.training.options import FineTuningOptions

_BUCKET_ELEMENTS = 200_000_000


def configure_zero(options: FineTuningOptions, batches: Batches, cuda: bool) -> dict[str, Any]:
    """Return what DeepSpeed is told.

    The optimizer is torch's own AdamW, made by the trainer, so that no kernel has to be compiled
    and the same arithmetic runs with and without DeepSpeed.

    Args:
        options: Stage, precision, clipping.
        batches: The arithmetic; DeepSpeed checks it again.
        cuda: Whether it runs on GPUs.
    """
    bf16 = options.precision == "bf16"
    return {
        "train_micro_batch_size_per_gpu": batches.micro_batch_clips,
        "gradient_accumulation_steps": batches.accumulation,
        "gradient_clipping": options.max_gradient_norm,
        "bf16": {"enabled": bf16},
        "fp16": {"enabled": False},
        "zero_optimization": _zero(options, cuda),
        "zero_allow_untested_optimizer": True,
        "zero_force_ds_cpu_optimizer": False,
        "communication_data_type": "bf16" if bf16 else "fp32",
        "steps_per_print": 1_000_000_000,
        "wall_clock_breakdown": False,
    }


def _zero(options: FineTuningOptions, cuda: bool) -> dict[str, Any]:
    stage = options.launcher.zero_stage
    if stage == 0:
        return {"stage": 0}
    zero: dict[str, Any] = {
        "stage": stage,
        "contiguous_gradients": True,
        "overlap_comm": cuda,
        "reduce_bucket_size": _BUCKET_ELEMENTS,
    }
    if options.launcher.offload_optimizer:
        zero["offload_optimizer"] = {"device": "cpu", "pin_memory": cuda}
    if stage == 2:
        return {**zero, "reduce_scatter": True, "allgather_bucket_size": _BUCKET_ELEMENTS}
    return {
        **zero,
        "stage3_prefetch_bucket_size": "auto",
        "stage3_param_persistence_threshold": "auto",
        "stage3_max_live_parameters": 1_000_000_000,
        "stage3_max_reuse_distance": 1_000_000_000,
        "stage3_gather_16bit_weights_on_model_save": True,
    }
