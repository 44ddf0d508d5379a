"""An estimate of what a training will take, made before any GPU is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from libra_emo.common.images import spread_evenly
from libra_emo.students.multimodal.examples import Clips, open_example
from libra_emo.students.multimodal.families import UNLEARNT, Family, open_family
from libra_emo.students.multimodal.training.batches import Batches
from libra_emo.students.options.fine_tuning import FineTuningOptions
from libra_emo.students.options.multimodal import MultimodalOptions

GIB = 2**30
MEASURED_CLIPS = 12
_CONTEXT_BYTES = 1.5 * GIB  # for CUDA, its libraries and the gaps between tensors
_GATHERED_WEIGHTS = 10**9  # weights that stage 3 holds whole at a time
_KEPT_CHECKPOINTS = 3  # the best, the last, and the one that is being written


@dataclass(frozen=True)
class Lengths:
    """Numbers of tokens of some clips.

    Attributes:
        mean: Mean number of tokens of a clip, with its answer.
        most: Highest number of tokens of a clip.
        visual: Mean number of tokens that stand for frames.
        answer: Mean number of tokens of an answer.
        measured: Number of clips that were measured.
    """

    mean: float
    most: int
    visual: float
    answer: float
    measured: int


@dataclass(frozen=True)
class Weights:
    """A model's size.

    Attributes:
        all: Number of weights of the model.
        learnt: Number of weights that are trained, the low-rank matrices included.
        layers: Number of layers of the language model.
        hidden: Width of its hidden states.
        intermediate: Width inside its layers.
        vocabulary: Number of tokens in its vocabulary.
    """

    all: int
    learnt: int
    layers: int
    hidden: int
    intermediate: int
    vocabulary: int


def measure_lengths(
    rows: Sequence[Mapping[str, Any]],
    shards: Clips,
    options: MultimodalOptions,
    family: Family,
    processor: Any,
) -> Lengths:
    """Return the numbers of tokens of a dozen clips that are evenly spread over the rows."""
    found = []
    for place in spread_evenly(len(rows), MEASURED_CLIPS):
        example = open_example(rows[place], shards, options)
        encoded = family.encode(processor, example, example.answer)
        answer = int((encoded.labels != UNLEARNT).sum())
        found.append((len(encoded), encoded.visual_tokens, answer))
    table = np.array(found)
    mean, visual, answer = table.mean(axis=0)
    return Lengths(float(mean), int(table[:, 0].max()), float(visual), float(answer), len(table))


def count_weights(options: MultimodalOptions, family: Family, config: Any) -> Weights:
    """Return a model's size from its configuration; no weight is loaded or allocated."""
    import torch
    import transformers

    from libra_emo.students.multimodal.training.trainable_weights import prepare_model

    with torch.device("meta"):
        kind = getattr(transformers, family.model_class)
        model = (
            kind._from_config(config) if hasattr(kind, "_from_config") else kind.from_config(config)
        )
        total = sum(weight.numel() for weight in model.parameters())
        model = prepare_model(model, family, options)
    text = config.get_text_config()
    return Weights(
        all=total,
        learnt=sum(w.numel() for w in model.parameters() if w.requires_grad),
        layers=int(text.num_hidden_layers),
        hidden=int(text.hidden_size),
        intermediate=int(text.intermediate_size),
        vocabulary=int(text.vocab_size),
    )


def estimate_memory(
    weights: Weights, lengths: Lengths, tuning: FineTuningOptions, batches: Batches
) -> dict[str, float]:
    """Return the memory that a GPU needs, in GiB, by purpose.

    The bytes are counted by weight and by token; fragmentation and the memory of kernels are one
    constant. The estimate is meant to show whether a training fits.
    """
    deepspeed = tuning.launcher.kind == "deepspeed"
    stage = tuning.launcher.zero_stage if deepspeed else 0
    width = 2 if tuning.precision == "bf16" else 4  # bytes of a number
    shards = batches.processes
    frozen = weights.all - (0 if tuning.lora.rank else weights.learnt)
    held: float = width * frozen + (width if deepspeed else 4) * weights.learnt
    if stage == 3:
        held = held / shards + width * min(_GATHERED_WEIGHTS, weights.all)
    gradients = (width if deepspeed else 4) * weights.learnt / (shards if stage >= 2 else 1)
    per_weight = 12 if deepspeed and width == 2 else 8  # Adam's two, and a float32 copy
    optimizer = per_weight * weights.learnt / (shards if stage >= 2 else 1)
    if deepspeed and tuning.launcher.offload_optimizer:
        optimizer = 0.0
    tokens = lengths.most * batches.micro_batch_clips
    inside = width * tokens * (10 * weights.hidden + 4 * weights.intermediate)
    kept = width * tokens * weights.hidden * weights.layers + inside
    activations = kept if tuning.gradient_checkpointing else inside * weights.layers
    answers = (lengths.answer + 2) * batches.micro_batch_clips
    scores = answers * weights.vocabulary * (width + 8)
    memory = {
        "weights": held,
        "gradients": gradients,
        "optimizer": optimizer,
        "activations": activations + scores,
        "context": _CONTEXT_BYTES,
    }
    return {name: value / GIB for name, value in memory.items()}


def estimate_disk(weights: Weights, tuning: FineTuningOptions) -> float:
    """Return the most GiB that checkpoints and the trained weights take."""
    width = 2 if tuning.precision == "bf16" else 4  # bytes of a number
    deepspeed = tuning.launcher.kind == "deepspeed"
    saved = (width if deepspeed else 4) * weights.learnt
    if not tuning.lora.rank:
        saved = width * weights.all
    state = (12 if deepspeed and width == 2 else 8) * weights.learnt
    copied = saved if deepspeed else 0.0  # DeepSpeed writes the learnt weights once more
    return (_KEPT_CHECKPOINTS * (saved + state + copied) + 2 * saved) / GIB


def describe_training(
    rows: Sequence[Mapping[str, Any]],
    held_out: int,
    shards: Clips,
    options: MultimodalOptions,
    batches: Batches,
) -> str:
    """Return a description of what a training will take, as lines to read.

    Raises:
        StudentError: If the checkpoint cannot be read, or a clip has no frames.
    """
    tuning = options.training
    family = open_family(options)
    processor = family.load_processor(options.checkpoint, options)
    lengths = measure_lengths(rows, shards, options, family, processor)
    weights = count_weights(options, family, family.config)
    memory = estimate_memory(weights, lengths, tuning, batches)
    launcher = tuning.launcher
    stage = f", ZeRO stage {launcher.zero_stage}" if launcher.kind == "deepspeed" else ""
    split = ", ".join(f"{name} {value:.2f}" for name, value in memory.items())
    learnt = f"{weights.learnt / 1e6:,.2f} M learnt of {weights.all / 1e6:,.1f} M weights"
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
            f"  memory        {sum(memory.values()):.1f} GiB a GPU{stage} ({split}); an estimate",
            f"  disk          {estimate_disk(weights, tuning):.2f} GiB for checkpoints and result",
        ]
    )
