"""The memory and the disk that a training needs, from the sizes of its model and its clips."""

from __future__ import annotations

from dataclasses import dataclass

from libra_emo.students.multimodal.training.batches import Batches
from libra_emo.students.options.fine_tuning import FineTuningOptions

GIB = 2**30
_CONTEXT_BYTES = 1.5 * GIB  # for CUDA, its libraries and the gaps between tensors
_GATHERED_WEIGHTS = 10**9  # weights that stage 3 holds whole at a time
_KEPT_CHECKPOINTS = 3  # the best, the last, and the one that is being written
# gradients that DeepSpeed sends together, of all weights and of low-rank matrices
_BUCKET, _SMALL_BUCKET = 200_000_000, 20_000_000
PREFETCHED_BATCHES = 4  # micro-batches that each loader process prepares ahead


@dataclass(frozen=True)
class Lengths:
    """Numbers of tokens of some clips.

    Attributes:
        mean: Mean number of tokens of a clip, with its answer.
        most: Highest number of tokens of a clip.
        visual: Mean number of tokens that stand for frames.
        answer: Mean number of tokens of an answer.
        measured: Number of clips that were measured.
        clip_bytes: Mean size of a clip as the loaders hand it on.
    """

    mean: float
    most: int
    visual: float
    answer: float
    measured: int
    clip_bytes: float = 0.0


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
        key_values: Width of its keys, which is that of its values.
    """

    all: int
    learnt: int
    layers: int
    hidden: int
    intermediate: int
    vocabulary: int
    key_values: int = 0


def estimate_memory(
    weights: Weights,
    lengths: Lengths,
    tuning: FineTuningOptions,
    batches: Batches,
    counted: float | None = None,
) -> dict[str, float]:
    """Return the memory that a GPU needs, in GiB, by purpose.

    Fragmentation and the memory of kernels are one constant. The estimate is meant to show whether
    a training fits.

    Args:
        weights: Size of the model.
        lengths: Numbers of tokens of its clips.
        tuning: Options of the training.
        batches: Batches of the training.
        counted: Bytes of the step's tensors, as `count_step` counts them; None to compute them by
            a formula for the layers of Llama and Qwen.
    """
    deepspeed = tuning.launcher.kind == "deepspeed"
    stage = tuning.launcher.zero_stage if deepspeed else 0
    width = 2 if tuning.precision == "bf16" else 4  # bytes of a number
    shards = batches.processes
    alone = not tuning.lora.rank and not deepspeed
    frozen = weights.all - (0 if tuning.lora.rank else weights.learnt)
    held: float = (4 if alone else width) * frozen
    held += (width if deepspeed else 4) * weights.learnt
    if stage == 3:
        held = held / shards + width * min(_GATHERED_WEIGHTS, weights.all)
    # DeepSpeed sums gradients in float32, and sends them from buffers of its own
    summed = (4 if stage or not deepspeed else width) * weights.learnt
    gradients: float = summed / (shards if stage >= 2 else 1)
    buffers = 2 * width * bucket_elements(tuning) if stage else 0
    per_weight = 12 if deepspeed and width == 2 else 8  # Adam's two, and a float32 copy
    optimizer: float = per_weight * weights.learnt / (shards if stage >= 2 else 1)
    if deepspeed and tuning.launcher.offload_optimizer:
        optimizer = 0.0
    if counted is None:
        counted = estimate_activations(weights, lengths, tuning, batches)
    memory = {
        "weights": held,
        "gradients": gradients + buffers,
        "optimizer": optimizer,
        "activations": counted,
        "context": _CONTEXT_BYTES,
    }
    return {name: value / GIB for name, value in memory.items()}


def bucket_elements(tuning: FineTuningOptions) -> int:
    """Return the number of gradients that DeepSpeed collects in a buffer before it sends them."""
    return _SMALL_BUCKET if tuning.lora.rank else _BUCKET


def estimate_activations(
    weights: Weights, lengths: Lengths, tuning: FineTuningOptions, batches: Batches
) -> float:
    """Return the bytes of a step's tensors for layers like those of Llama and Qwen.

    `count_step` counts them by the model's own code; a test compares both.
    """
    width = 2 if tuning.precision == "bf16" else 4
    hidden, inner = weights.hidden, weights.intermediate
    tokens = lengths.most * batches.micro_batch_clips
    norms = 2 * 4 * hidden  # always in float32
    attention = width * (2 * hidden + 2 * weights.key_values)  # queries, output, keys, values
    gates = width * 3 * inner
    # low-rank matrices keep their inputs, and where these are dropped, a copy and what was drawn
    if tuning.lora.rank and tuning.lora.dropout:
        linear = 2 * width * (6 * hidden + inner)
    else:
        linear = width * (2 * hidden + inner)
    layer = norms + attention + gates + linear
    passing = 1.5 * width * inner  # gradients of a layer while it is worked on
    inputs = width * hidden
    answers = (lengths.answer + 2) * batches.micro_batch_clips
    scores = answers * weights.vocabulary * (width + 8)
    if tuning.gradient_checkpointing:
        return tokens * inputs * weights.layers + max(tokens * (layer + passing), scores)
    return tokens * layer * weights.layers + max(tokens * passing, scores)


def estimate_shared_memory(
    lengths: Lengths, tuning: FineTuningOptions, batches: Batches, processes_here: int
) -> float:
    """Return the GiB of /dev/shm that the loaders of a machine need for clips that wait."""
    waiting = tuning.loader_workers * PREFETCHED_BATCHES * batches.micro_batch_clips
    return waiting * lengths.clip_bytes * processes_here / GIB


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
