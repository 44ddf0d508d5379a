"""What a training will take, said before any GPU is touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from libra_emo.students.multimodal.examples import Clips, open_example
from libra_emo.students.multimodal.families import UNLEARNT, Family, open_family
from libra_emo.students.multimodal.options import MultimodalOptions
from libra_emo.students.multimodal.training.batches import Batches
from libra_emo.students.multimodal.training.options import FineTuningOptions

GIB = 2**30
MEASURED_CLIPS = 12
_CONTEXT_BYTES = 1.5 * GIB  # of CUDA, its libraries and the gaps between tensors
_GATHERED_WEIGHTS = 10**9  # that stage 3 holds whole at a time
_KEPT_CHECKPOINTS = 3  # the best, the last, and the one that is being written


@dataclass(frozen=True)
class Lengths:
    """Tokens of clips as the model gets them: mean and most, and of the answers alone."""

    mean: float
    most: int
    visual: float
    answer: float
    measured: int


@dataclass(frozen=True)
class Weights:
    """A model's size.

    Attributes:
        all: Weights of the model.
        learnt: Those that learn, the low-rank matrices included.
        layers: Of the language model; and its widths:
        hidden: Of what passes from layer to layer.
        intermediate: Inside a layer.
        vocabulary: Tokens that there are.
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
    """Return the tokens of a dozen clips that are evenly spread over the rows."""
    count = min(MEASURED_CLIPS, len(rows))
    chosen = [rows[number * len(rows) // count] for number in range(count)]
    found = []
    for row in chosen:
        example = open_example(row, shards, options)
        encoded = family.encode(processor, example, example.answer)
        answer = int((encoded.labels != UNLEARNT).sum())
        found.append((len(encoded), encoded.visual_tokens, answer))
    table = np.array(found)
    mean, visual, answer = table.mean(axis=0)
    return Lengths(float(mean), int(table[:, 0].max()), float(visual), float(answer), count)


def weigh(options: MultimodalOptions, family: Family, config: Any) -> Weights:
    """Return a model's size from its configuration; no weight is loaded or made."""
    import torch
    import transformers

    from libra_emo.students.multimodal.training.learning import prepare_model

    with torch.device("meta"):
        kind = getattr(transformers, family.model_class)
        model = (
            kind._from_config(config) if hasattr(kind, "_from_config") else kind.from_config(config)
        )
        every = sum(weight.numel() for weight in model.parameters())
        model = prepare_model(model, family, options)
    text = config.get_text_config()
    return Weights(
        all=every,
        learnt=sum(w.numel() for w in model.parameters() if w.requires_grad),
        layers=int(text.num_hidden_layers),
        hidden=int(text.hidden_size),
        intermediate=int(text.intermediate_size),
        vocabulary=int(text.vocab_size),
    )


def estimate_memory(
    weights: Weights, lengths: Lengths, tuning: FineTuningOptions, batches: Batches
) -> dict[str, float]:
    """Return what a GPU holds, in GiB, by what it holds it for.

    Counted by the bytes that each part takes a weight or a token; fragments and kernels' own
    memory are one constant. It is meant to tell what fits from what does not.
    """
    deepspeed = tuning.launcher.kind == "deepspeed"
    stage = tuning.launcher.zero_stage if deepspeed else 0
    wide = 2 if tuning.precision == "bf16" else 4
    parts = batches.processes
    frozen = weights.all - (0 if tuning.lora.rank else weights.learnt)
    held: float = wide * frozen + (wide if deepspeed else 4) * weights.learnt
    if stage == 3:
        held = held / parts + wide * min(_GATHERED_WEIGHTS, weights.all)
    gradients = (wide if deepspeed else 4) * weights.learnt / (parts if stage >= 2 else 1)
    per_weight = 12 if deepspeed and wide == 2 else 8  # Adam's two, and a float32 copy
    optimizer = per_weight * weights.learnt / (parts if stage >= 2 else 1)
    if deepspeed and tuning.launcher.offload_optimizer:
        optimizer = 0.0
    tokens = lengths.most * batches.micro_batch_clips
    inside = wide * tokens * (10 * weights.hidden + 4 * weights.intermediate)
    kept = wide * tokens * weights.hidden * weights.layers + inside
    activations = kept if tuning.gradient_checkpointing else inside * weights.layers
    answers = (lengths.answer + 2) * batches.micro_batch_clips
    scores = answers * weights.vocabulary * (wide + 8)
    told = {
        "weights": held,
        "gradients": gradients,
        "optimizer": optimizer,
        "activations": activations + scores,
        "context": _CONTEXT_BYTES,
    }
    return {name: value / GIB for name, value in told.items()}


def estimate_disk(weights: Weights, tuning: FineTuningOptions) -> float:
    """Return the GiB that checkpoints and the trained weights take, at most."""
    wide = 2 if tuning.precision == "bf16" else 4
    deepspeed = tuning.launcher.kind == "deepspeed"
    saved = (wide if deepspeed else 4) * weights.learnt
    if not tuning.lora.rank:
        saved = wide * weights.all
    state = (12 if deepspeed and wide == 2 else 8) * weights.learnt
    copied = saved if deepspeed else 0.0  # DeepSpeed writes the learnt weights once more
    return (_KEPT_CHECKPOINTS * (saved + state + copied) + 2 * saved) / GIB


def tell_training(
    rows: Sequence[Mapping[str, Any]],
    held_out: int,
    shards: Clips,
    options: MultimodalOptions,
    batches: Batches,
) -> str:
    """Return what a training will take, as lines to read.

    Raises:
        StudentError: If the checkpoint cannot be read, or a clip has no frames.
    """
    tuning = options.training
    family = open_family(options)
    processor = family.load_processor(options.checkpoint, options)
    lengths = measure_lengths(rows, shards, options, family, processor)
    weights = weigh(options, family, family.config)
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
