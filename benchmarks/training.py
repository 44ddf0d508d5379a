"""Measures fine-tuning, label scoring and the data path on random InternVL models.

    python benchmarks/training.py                      # on a processor, small
    python benchmarks/training.py --device cuda        # on a GPU, some 0.9 billion weights, bf16

Clips are drawn: 1280 x 720 at 25 frames a second for 6 s in H.264, as films' clips are, and the
same frames in a shard as preprocessing writes them. Reported are clips a second, the share of time
in which the training waited for clips, model FLOP utilisation (on a GPU whose peak is known), label
scoring beside plain generation of the answers with the same model and batch, and our reading of a
clip beside decoding its video anew.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from libra_emo.media.shards import ClipData, ShardReader, ShardWriter, fit_size
from libra_emo.students.multimodal.examples import fit_square, open_example
from libra_emo.students.multimodal.options import MultimodalOptions
from libra_emo.students.multimodal.predicting import load_judge
from libra_emo.students.multimodal.scoring import score_labels
from libra_emo.students.multimodal.tiny import PATCH, tiny_processor, tiny_tokenizer
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.running import train_once
from libra_emo.taxonomy import read_taxonomy

LABELS = list(read_taxonomy().labels)
WIDTH, HEIGHT, RATE, SECONDS = 1280, 720, 25, 6.0
# bf16 without sparsity, as the makers give them, in TFLOP/s
PEAKS = {"H200": 989, "H100": 989, "H800": 989, "A100": 312, "L40S": 362, "RTX 4090": 165}
# those of InternVL3-1B, and one that a processor can do
SIZES = {
    "cuda": {
        "vision": {"hidden_size": 1024, "num_hidden_layers": 24, "intermediate_size": 4096},
        "heads": 16,
        "text": {"hidden_size": 896, "num_hidden_layers": 24, "intermediate_size": 4864},
        "text_heads": (14, 2),
        "vocabulary": 151_674,
    },
    "cpu": {
        "vision": {"hidden_size": 64, "num_hidden_layers": 2, "intermediate_size": 128},
        "heads": 2,
        "text": {"hidden_size": 128, "num_hidden_layers": 4, "intermediate_size": 256},
        "text_heads": (4, 2),
        "vocabulary": 640,
    },
}


def draw_clips(folder: Path, count: int, pixels: int) -> list[Path]:
    """Write videos of a moving picture with noise, and a shard of 16 frames of each."""
    rng = np.random.default_rng(7)
    base = cv2.resize(rng.integers(0, 255, (45, 80, 3), dtype=np.uint8), (WIDTH * 2, HEIGHT))
    frames = int(RATE * SECONDS)
    paths = []
    with ShardWriter(folder / "shards", "film") as writer:
        for number in range(count):
            path = folder / f"film-{number:04d}.mp4"
            shown = [
                np.ascontiguousarray(np.roll(base, 4 * (n + 9 * number), 1)[:, :WIDTH])
                for n in range(frames)
            ]
            write_video(path, shown)
            places = [int((n + 0.5) * frames / 16) for n in range(16)]
            small = [cv2.resize(shown[p], fit_size((WIDTH, HEIGHT), pixels)) for p in places]
            sound = rng.normal(0, 0.05, int(16_000 * SECONDS)).astype(np.float32)
            writer.add(ClipData(path.stem, small, [p / RATE for p in places], sound, 16_000))
            paths.append(path)
    return paths


def write_video(path: Path, frames: list[np.ndarray]) -> None:
    """Write frames as H.264."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(stream.encode(None))


def write_checkpoint(folder: Path, size: dict[str, Any], pixels: int) -> int:
    """Write a random model of a size, with a processor, and return how many weights it has."""
    import torch
    from transformers import InternVLConfig, InternVLForConditionalGeneration

    tokenizer = tiny_tokenizer()
    config = InternVLConfig(
        vision_config={
            **size["vision"],
            "num_attention_heads": size["heads"],
            "image_size": [pixels, pixels],
            "patch_size": [PATCH, PATCH],
        },
        text_config={
            "model_type": "qwen2",
            **size["text"],
            "num_attention_heads": size["text_heads"][0],
            "num_key_value_heads": size["text_heads"][1],
            "vocab_size": size["vocabulary"],
            "max_position_embeddings": 32_768,
        },
        image_token_id=tokenizer.convert_tokens_to_ids("<IMG_CONTEXT>"),
        image_seq_length=(pixels // PATCH) ** 2 // 4,
        downsample_ratio=0.5,
    )
    torch.manual_seed(0)
    model = InternVLForConditionalGeneration(config).to(torch.bfloat16)
    model.save_pretrained(folder)
    options = MultimodalOptions(checkpoint="tiny:internvl", frame_pixels=pixels)
    tiny_processor("internvl", options).save_pretrained(folder)
    return sum(weight.numel() for weight in model.parameters())


def write_rows(clip_ids: list[str]) -> list[dict[str, Any]]:
    """Return examples whose answers are as long as explanations are."""
    asked = (
        "<video>During this clip somebody says: I never thought that you would come back. Which "
        f"emotion do the people show? Choose one of: {', '.join(LABELS)}."
    )
    why = "The brows rise and draw together, the voice grows thin, and the words take it all back."
    return [
        {
            "clip_id": clip_id,
            "messages": [
                {"role": "user", "content": asked},
                {"role": "assistant", "content": f"{LABELS[number % len(LABELS)]}\n{why}"},
            ],
        }
        for number, clip_id in enumerate(clip_ids)
    ]


def measure_training(
    rows: list[dict[str, Any]], shards: ShardReader, options: MultimodalOptions, folder: Path
) -> dict[str, float]:
    """Return the medians of what the program measured, its first three updates left out."""
    labels = [row["messages"][1]["content"].split("\n")[0] for row in rows]
    trained = train_once(
        rows, labels, [], LABELS, shards.folder, options, 7, folder / "work", "training"
    )
    lines = files.read_lines(trained.folder / files.MEASUREMENTS)[3:]
    names = ["clips_per_second", "tokens_per_second", "data_wait_share", "tokens_per_clip"]
    told = {name: statistics.median(line[name] for line in lines) for name in names}
    told["loss_first"], told["loss_last"] = lines[0]["loss"], lines[-1]["loss"]
    if "gpu_memory_gib" in lines[-1]:
        told["gpu_memory_gib"] = lines[-1]["gpu_memory_gib"]
    return told


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
    """Return clips a second of label scoring, and of generating whole answers."""
    import torch

    judge = load_judge(options)
    size = options.predict_batch_clips
    examples = [open_example(row, shards, options) for row in rows[: 2 * size]]
    answer = rows[0]["messages"][1]["content"]
    length = len(judge.family.answer_ids(judge.processor, answer, explained=True))

    def score(some: list[Any]) -> None:
        score_labels(judge.model, judge.family, judge.processor, some, LABELS)

    def generate(some: list[Any]) -> None:
        encoded = [judge.family.encode(judge.processor, example, None) for example in some]
        batch = judge.family.collate(encoded, "left")
        batch.pop("labels")
        places = batch.pop("position_ids", None)
        del places  # generate counts them from the mask
        given = {name: value.to(judge.model.device) for name, value in batch.items()}
        with torch.inference_mode():
            judge.model.generate(
                **given, max_new_tokens=length, min_new_tokens=length, do_sample=False
            )

    def rate(work: Callable[[list[Any]], None]) -> float:
        work(examples[:size])  # warm
        began = time.perf_counter()
        for start in range(0, len(examples), size):
            work(examples[start : start + size])
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        return len(examples) / (time.perf_counter() - began)

    scored, generated = rate(score), rate(generate)
    return {
        "scored_clips_per_second": scored,
        "generated_clips_per_second": generated,
        "answer_tokens": float(length),
        "scoring_ratio": scored / generated,
    }


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


def main() -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--clips", type=int, help="drawn clips (12; 64 on a GPU)")
    parser.add_argument("--steps", type=int, help="updates (8; 24 on a GPU)")
    parser.add_argument("--micro-batch", type=int, help="clips at a time (2; 4 on a GPU)")
    parser.add_argument("--workers", type=int, help="processes that prepare clips (0; 12 on a GPU)")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary one by default")
    chosen = parser.parse_args()
    cuda = chosen.device == "cuda"
    pixels = 448 if cuda else 112
    clips = chosen.clips or (64 if cuda else 12)
    steps = chosen.steps or (24 if cuda else 8)
    micro = chosen.micro_batch or (4 if cuda else 2)
    workers = chosen.workers if chosen.workers is not None else (12 if cuda else 0)
    size = SIZES[chosen.device]
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        videos = draw_clips(folder, clips, 448)
        weights = write_checkpoint(folder / "checkpoint", size, pixels)
        shards = ShardReader(folder / "shards")
        rows = write_rows(shards.clip_ids())
        batch = 4 * micro if cuda else micro
        many = [rows[n % len(rows)] for n in range(batch * steps)]
        options = MultimodalOptions(
            checkpoint=str(folder / "checkpoint"),
            device=chosen.device,
            modalities="VT",
            frame_pixels=pixels,
            predict_batch_clips=micro,
            training={
                "batch_clips": batch,
                "micro_batch_clips": micro,
                "loader_workers": workers,
                "precision": "bf16" if cuda else "fp32",
                "gradient_checkpointing": cuda,
                "validation_fraction": 0.0,
                "checkpoint_every_steps": 10_000,
                "launcher": {"kind": "none"},
            },
        )
        told: dict[str, Any] = {"device": chosen.device, "weights": weights, "clips": clips}
        told |= measure_training(many, shards, options, folder)
        told |= measure_answers(rows, shards, options)
        native = options.model_copy(update={"frame_pixels": 448})
        told |= measure_reading(rows, shards, videos, native)
        if cuda:
            import torch

            name = torch.cuda.get_device_name()
            peak = next((value for part, value in PEAKS.items() if part in name), None)
            flops = flops_per_clip(size, told["tokens_per_clip"], 16, pixels)
            told |= {"gpu": name, "tflops_per_clip": flops / 1e12}
            if peak:
                told["flop_utilisation"] = flops * told["clips_per_second"] / (peak * 1e12)
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
