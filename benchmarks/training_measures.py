"""Measurements of fine-tuning: training, predictions, and reading clips."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import av
from training_clips import LABELS

from libra_emo.common.files import read_lines
from libra_emo.media.shards import ShardReader
from libra_emo.students.multimodal.examples import fit_square, open_example
from libra_emo.students.multimodal.inference.model import LoadedModel, load_model
from libra_emo.students.multimodal.scoring import labels as scoring
from libra_emo.students.multimodal.scoring.labels import score_encoded
from libra_emo.students.multimodal.scoring.prefill import prefill
from libra_emo.students.multimodal.tiny.internvl import PATCH
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.runs import train_once
from libra_emo.students.options.multimodal import MultimodalOptions

GOES = 9
# bf16 without sparsity, as the makers give them, in TFLOP/s
PEAKS = {"H200": 989, "H100": 989, "H800": 989, "A100": 312, "L40S": 362, "RTX 4090": 165}


def measure_training(
    rows: list[dict[str, Any]], shards: ShardReader, options: MultimodalOptions, folder: Path
) -> dict[str, float]:
    """Return the medians of what the program measured, its first three updates left out."""
    labels = [row["messages"][1]["content"].split("\n")[0] for row in rows]
    run = train_once(
        rows, labels, [], LABELS, shards.folder, options, 7, folder / "work", "training"
    )
    lines = read_lines(run.folder / files.MEASUREMENTS)[3:]
    names = ["clips_per_second", "tokens_per_second", "data_wait_share", "tokens_per_clip"]
    figures = {name: statistics.median(line[name] for line in lines) for name in names}
    figures["loss_first"], figures["loss_last"] = lines[0]["loss"], lines[-1]["loss"]
    if "gpu_memory_gib" in lines[-1]:
        figures["gpu_memory_gib"] = lines[-1]["gpu_memory_gib"]
    return figures


def flops_per_clip(size: dict[str, Any], tokens: float, frames: int, pixels: int) -> float:
    """Return the FLOPs that learning a clip takes, without recomputed activations.

    Frozen weights cost two FLOPs a token forward and two backward (towards their inputs); what sees
    is frozen and has nothing before it that learns, so it costs the forward ones alone. Low-rank
    matrices are left out, as is their gain.
    """
    text, vision = size["text"], size["vision"]
    heads, groups = size["text_heads"]
    width = text["hidden_size"]
    layer = width * width * (2 + 2 * groups / heads) + 3 * width * text["intermediate_size"]
    attention = 2 * tokens * width  # scores and their sums, each half, since it is causal
    forward = 2 * tokens * text["num_hidden_layers"] * (layer + attention)
    seen = frames * (pixels // PATCH) ** 2
    wide = vision["hidden_size"]
    eye = 4 * wide * wide + 2 * wide * vision["intermediate_size"]
    look = 2 * seen * vision["num_hidden_layers"] * (eye + 2 * (pixels // PATCH) ** 2 * wide)
    return 2 * forward + look


def measure_answers(
    rows: list[dict[str, Any]], shards: ShardReader, options: MultimodalOptions
) -> dict[str, float]:
    """Return milliseconds a clip of what label scoring and plain generation are made of.

    Both read the prompt. Scoring then reads the labels' tokens once; generation, by transformers'
    own `generate`, then makes the answer's tokens one after the other. Same model, same batch.
    """
    loaded = load_model(options)
    size = options.predict_batch_clips
    examples = [open_example(row, shards, options) for row in rows[: 2 * size]]
    encoded = [loaded.family.encode(loaded.processor, example, None) for example in examples]
    answer = rows[0]["messages"][1]["content"]
    length = len(loaded.family.answer_ids(loaded.processor, answer, explained=True))

    def score(some: list[Any]) -> None:
        explained = [True] * len(some)
        score_encoded(loaded.model, loaded.family, loaded.processor, some, explained, LABELS)

    def repeat(some: list[Any]) -> None:
        with patch.object(scoring, "_WITH_ANY_MASK", ()):  # as with attention that takes no mask
            score(some)

    tasks = {
        "prompt": lambda some: read_prompt(loaded, some),
        "scored": score,
        "repeated": repeat,
        "generated": lambda some: generate(loaded, some, length),
    }
    took = time_in_turns(tasks, encoded, size)
    labels, decoding = took["scored"] - took["prompt"], took["generated"] - took["prompt"]
    return {
        "prompt_tokens": float(len(encoded[0])),
        "answer_tokens": float(length),
        "prompt_ms": took["prompt"],
        "labels_ms": labels,
        "labels_by_repeated_cache_ms": took["repeated"] - took["prompt"],
        "decoding_ms": decoding,
        "scored_clips_per_second": 1000 / took["scored"],
        "generated_clips_per_second": 1000 / took["generated"],
        "scoring_ratio": took["generated"] / took["scored"],
        "after_prompt_ratio": decoding / labels,
    }


def read_prompt(loaded: LoadedModel, some: list[Any]) -> None:
    """Read requests as scoring and generation do at first."""
    import torch

    with torch.inference_mode():
        prefill(loaded.model, loaded.family, some)


def generate(loaded: LoadedModel, some: list[Any], length: int) -> None:
    """Write answers of some length by transformers' own code."""
    import torch

    batch = loaded.family.collate(some, "left")
    for name in ("labels", "position_ids"):  # it counts positions from the mask
        batch.pop(name)
    given = {name: value.to(loaded.model.device) for name, value in batch.items()}
    with torch.inference_mode():
        loaded.model.generate(
            **given, max_new_tokens=length, min_new_tokens=length, do_sample=False
        )


def time_in_turns(
    tasks: dict[str, Callable[[list[Any]], None]], clips: list[Any], size: int
) -> dict[str, float]:
    """Return the milliseconds a clip that each task takes, the best of some repetitions.

    The tasks take turns, so that what slows the machine down for a while slows all of them.
    """
    import torch

    def once(task: Callable[[list[Any]], None]) -> float:
        began = time.perf_counter()
        for start in range(0, len(clips), size):
            task(clips[start : start + size])
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        return 1000 * (time.perf_counter() - began) / len(clips)

    for task in tasks.values():
        once(task)  # warm
    goes = [{name: once(task) for name, task in tasks.items()} for _ in range(GOES)]
    return {name: min(go[name] for go in goes) for name in tasks}


def measure_reading(
    rows: list[dict[str, Any]], shards: ShardReader, videos: list[Path], options: MultimodalOptions
) -> dict[str, float]:
    """Return clips a second from shards, and from decoding each video and picking its frames."""

    def decode(path: Path) -> None:
        with av.open(str(path)) as container:
            container.streams.video[0].thread_type = "AUTO"
            frames = [frame for frame in container.decode(video=0)]
        for number in range(options.frames):
            place = int((number + 0.5) * len(frames) / options.frames)
            fit_square(frames[place].to_ndarray(format="rgb24"), options.frame_pixels)

    began = time.perf_counter()
    for row in rows:
        open_example(row, shards, options)
    ours = time.perf_counter() - began
    began = time.perf_counter()
    for path in videos:
        decode(path)
    anew = time.perf_counter() - began
    return {
        "read_clips_per_second": len(rows) / ours,
        "decoded_clips_per_second": len(videos) / anew,
        "reading_ratio": (anew / len(videos)) / (ours / len(rows)),
    }
