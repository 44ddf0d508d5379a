"""DeepSpeed's configuration for a training: ZeRO, precision, clipping."""

from __future__ import annotations

from typing import Any

from libra_emo.students.multimodal.training.batches import Batches
from libra_emo.students.multimodal.training.memory import bucket_elements
from libra_emo.students.options.fine_tuning import FineTuningOptions


def configure_deepspeed(options: FineTuningOptions, batches: Batches, cuda: bool) -> dict[str, Any]:
    """Return DeepSpeed's configuration.

    The optimizer is torch's own AdamW, which the Trainer makes. So no kernel has to be compiled,
    and the same arithmetic runs with and without DeepSpeed.

    Args:
        options: Options of the training: stage, precision, clipping.
        batches: Batches of the training; DeepSpeed checks them again.
        cuda: Whether it runs on GPUs.
    """
    bf16 = options.precision == "bf16"
    sharded = options.launcher.zero_stage > 0  # without ZeRO, DeepSpeed accepts one type alone
    # in bf16, each of many accumulated gradients would round away what is small beside their sum
    sums = {"data_types": {"grad_accum_dtype": "fp32"}} if bf16 and sharded else {}
    return {
        **sums,
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


def disable_shm_build() -> None:
    """Make DeepSpeed's processes on CPUs communicate by gloo, as torch's own do.

    DeepSpeed would compile a kernel of its own for shared memory at the first start. That takes
    minutes, and fails where there is no compiler. There is no setting for it, only the table of
    what may be loaded.
    """
    import deepspeed

    deepspeed.ops.__compatible_ops__["deepspeed_shm_comm"] = False


def _zero(options: FineTuningOptions, cuda: bool) -> dict[str, Any]:
    stage = options.launcher.zero_stage
    if stage == 0:
        return {"stage": 0}
    zero: dict[str, Any] = {
        "stage": stage,
        "contiguous_gradients": True,
        "overlap_comm": cuda,
        "reduce_bucket_size": bucket_elements(options),
    }
    if options.launcher.offload_optimizer:
        zero["offload_optimizer"] = {"device": "cpu", "pin_memory": cuda}
    if stage == 2:
        return {**zero, "reduce_scatter": True, "allgather_bucket_size": bucket_elements(options)}
    return {
        **zero,
        "stage3_prefetch_bucket_size": "auto",
        "stage3_param_persistence_threshold": "auto",
        "stage3_max_live_parameters": 1_000_000_000,
        "stage3_max_reuse_distance": 1_000_000_000,
        "stage3_gather_16bit_weights_on_model_save": True,
    }
