"""An estimate of what a training will take, made before any GPU is used."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from libra_emo.common.images import spread_evenly
from libra_emo.media.shards import read_ahead
from libra_emo.students.multimodal.examples import Clips, open_example
from libra_emo.students.multimodal.families import UNLEARNT, Encoded, Family, open_family
from libra_emo.students.multimodal.training.batches import Batches
from libra_emo.students.multimodal.training.memory import (
    GIB,
    Lengths,
    Weights,
    estimate_disk,
    estimate_memory,
    estimate_shared_memory,
)
from libra_emo.students.options.fine_tuning import FineTuningOptions
from libra_emo.students.options.multimodal import MultimodalOptions

__all__ = [
    "GIB",
    "Lengths",
    "Weights",
    "count_weights",
    "describe_training",
    "estimate_disk",
    "estimate_memory",
    "measure_lengths",
]

MEASURED_CLIPS = 12

logger = logging.getLogger(__name__)


def measure_lengths(
    rows: Sequence[Mapping[str, Any]],
    shards: Clips,
    options: MultimodalOptions,
    family: Family,
    processor: Any,
) -> Lengths:
    """Return the numbers of tokens of a dozen clips that are evenly spread over the rows."""
    found = []
    some = [rows[place] for place in spread_evenly(len(rows), MEASURED_CLIPS)]
    with read_ahead(shards, [row["clip_id"] for row in some]) as source:
        for row in some:
            example = open_example(row, source, options)
            encoded = family.encode(processor, example, example.answer)
            answer = int((encoded.labels != UNLEARNT).sum())
            found.append((len(encoded), encoded.visual_tokens, answer, _count_bytes(encoded)))
    table = np.array(found)
    means = [float(value) for value in table.mean(axis=0)]
    return Lengths(
        mean=means[0],
        most=int(table[:, 0].max()),
        visual=means[1],
        answer=means[2],
        measured=len(table),
        clip_bytes=means[3],
    )


def _count_bytes(encoded: Encoded) -> int:
    tensors = [encoded.input_ids, encoded.labels, encoded.position_ids]
    tensors += [*encoded.token_inputs.values(), *encoded.clip_inputs.values()]
    return sum(int(getattr(tensor, "nbytes", 0)) for tensor in tensors)


def count_weights(options: MultimodalOptions, family: Family, config: Any) -> Weights:
    """Return a model's size from its configuration; no weight is loaded or allocated."""
    return _measure(*_build_without_memory(options, family, config), config)


def _build_without_memory(
    options: MultimodalOptions, family: Family, config: Any
) -> tuple[Any, int]:
    """Return the model as it is trained, on torch's device `meta`, and its number of weights."""
    import torch
    import transformers

    from libra_emo.students.multimodal.training.counting import register_attention
    from libra_emo.students.multimodal.training.trainable_weights import prepare_model

    kind = getattr(transformers, family.model_class)
    build = kind._from_config if hasattr(kind, "_from_config") else kind.from_config
    bf16 = options.training.precision == "bf16"
    dtype = torch.bfloat16 if bf16 else torch.float32
    with torch.device("meta"):
        model = build(config, dtype=dtype, attn_implementation=register_attention())
        total = sum(weight.numel() for weight in model.parameters())
        # DeepSpeed and autocast compute with low-rank matrices in the type of the others
        return prepare_model(model, family, options).to(dtype), total


def _measure(model: Any, total: int, config: Any) -> Weights:
    text = config.get_text_config()
    heads = int(text.num_attention_heads)
    head_width = getattr(text, "head_dim", None) or int(text.hidden_size) // heads
    return Weights(
        all=total,
        learnt=sum(w.numel() for w in model.parameters() if w.requires_grad),
        layers=int(text.num_hidden_layers),
        hidden=int(text.hidden_size),
        intermediate=int(text.intermediate_size),
        vocabulary=int(text.vocab_size),
        key_values=int(getattr(text, "num_key_value_heads", None) or heads) * int(head_width),
    )


def describe_training(
    rows: Sequence[Mapping[str, Any]],
    held_out: int,
    shards: Clips,
    options: MultimodalOptions,
    batches: Batches,
    processes_here: int | None = None,
) -> str:
    """Return a description of what a training will take, as lines to read.

    Args:
        rows: Rows of `conversations` to learn.
        held_out: Number of rows that are held out.
        shards: Source of the clips.
        options: Options of the student.
        batches: Batches of the training.
        processes_here: Number of processes on a machine; all of them by default.

    Raises:
        StudentError: If the checkpoint cannot be read, or a clip has no frames.
    """
    tuning = options.training
    family = open_family(options)
    processor = family.load_processor(options.checkpoint, options)
    lengths = measure_lengths(rows, shards, options, family, processor)
    model, total = _build_without_memory(options, family, family.config)
    weights = _measure(model, total, family.config)
    counted = _count(model, lengths, tuning, batches)
    memory = estimate_memory(weights, lengths, tuning, batches, counted)
    shared = estimate_shared_memory(lengths, tuning, batches, processes_here or batches.processes)
    launcher = tuning.launcher
    stage = f", ZeRO stage {launcher.zero_stage}" if launcher.kind == "deepspeed" else ""
    split = ", ".join(f"{name} {value:.2f}" for name, value in memory.items())
    learnt = f"{weights.learnt / 1e6:,.2f} M learnt of {weights.all / 1e6:,.1f} M weights"
    how = "tensors counted" if counted is not None else "tensors estimated by a formula"
    return "\n".join(
        [
            f"dry run: {options.checkpoint} ({family.name}), nothing is trained",
            f"  examples      {len(rows):,} to learn, {held_out:,} held out",
            f"  tokens        {lengths.mean:,.0f} a clip, {lengths.most:,} at most "
            f"({lengths.visual:,.0f} of them seen, {lengths.answer:,.0f} answered; "
            f"{lengths.measured} clips measured)",
            f"  steps         {batches.steps:,} of {batches.batch_clips} clips: "
            f"{batches.processes} {'process' if batches.processes == 1 else 'processes'} x "
            f"micro-batch "
            f"{batches.micro_batch_clips} x accumulation {batches.accumulation}, "
            f"{batches.epochs} {'epoch' if batches.epochs == 1 else 'epochs'}",
            f"  weights       {learnt}",
            f"  memory        {sum(memory.values()):.1f} GiB a GPU{stage} ({split}); {how}",
            f"  /dev/shm      {shared:.2f} GiB a machine for clips that wait "
            f"({lengths.clip_bytes / 2**20:.1f} MiB each)",
            f"  disk          {estimate_disk(weights, tuning):.2f} GiB for checkpoints and result",
        ]
    )


def _count(
    model: Any, lengths: Lengths, tuning: FineTuningOptions, batches: Batches
) -> float | None:
    """Return the bytes of a step's tensors, or None for a model that cannot run without memory."""
    from libra_emo.students.multimodal.training.counting import count_step

    try:
        return count_step(
            model,
            batches.micro_batch_clips,
            lengths.most,
            round(lengths.answer) + 2,
            tuning.gradient_checkpointing,
        )
    except (RuntimeError, TypeError, ValueError, AttributeError, NotImplementedError) as error:
        logger.info("the tensors of a step cannot be counted: %s", error)
        return None
