"""Measures fine-tuning, label scoring and the data path on random InternVL models.

    python benchmarks/training.py                      # on a processor, small
    python benchmarks/training.py --device cuda        # on a GPU, some 0.9 billion weights, bf16

Clips are drawn: 1280 x 720 at 25 frames a second for 6 s in H.264, as films' clips are, and the
same frames in a shard as preprocessing writes them. Reported are clips a second, the share of time
in which the training waited for clips, model FLOP utilisation (on a GPU whose peak is known), label
scoring beside plain generation of the answers with the same model and batch, each in its parts, and
our reading of a clip beside decoding its video anew.

On a processor the model is as deep as the large one, thin, and sees as many frames, of 112 pixels.
How often scoring goes into generation depends on what reading the prompt takes, which both do: on a
processor it grows with the model's width (`--size shallow` is wider, with fewer layers), on a GPU
thousands of tokens are read in about the time that writing a few takes. So `prompt_ms`, `labels_ms`
and `decoding_ms` give the parts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from training_clips import SIZES, draw_clips, write_checkpoint, write_rows
from training_measures import (
    PEAKS,
    flops_per_clip,
    measure_answers,
    measure_reading,
    measure_training,
)

from libra_emo.common.files import write_json
from libra_emo.media.shards import ShardReader
from libra_emo.students.options.multimodal import MultimodalOptions

# used where nothing else is given
DEFAULTS = {
    "cpu": {"size": "deep", "pixels": 112, "clips": 12, "steps": 8, "micro_batch": 2, "workers": 0},
    "cuda": {
        "size": "large",
        "pixels": 448,
        "clips": 32,
        "steps": 24,
        "micro_batch": 4,
        "workers": 12,
    },
}


def read_arguments() -> argparse.Namespace:
    """Return the arguments, completed with the device's defaults."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--size", choices=sorted(SIZES), help="of the model (deep; large on a GPU)")
    parser.add_argument("--clips", type=int, help="drawn clips (12; 32 on a GPU)")
    parser.add_argument("--steps", type=int, help="updates (8; 24 on a GPU)")
    parser.add_argument("--micro-batch", type=int, help="clips at a time (2; 4 on a GPU)")
    parser.add_argument("--workers", type=int, help="processes that prepare clips (0; 12 on a GPU)")
    parser.add_argument("--pixels", type=int, help="of a frame's side (112; 448 on a GPU)")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary one by default")
    parser.add_argument("--json", type=Path, help="file for the figures, besides the terminal")
    chosen = parser.parse_args()
    for name, value in DEFAULTS[chosen.device].items():
        if getattr(chosen, name) is None:
            setattr(chosen, name, value)
    return chosen


def build_options(chosen: argparse.Namespace, folder: Path, batch: int) -> MultimodalOptions:
    """Return the options of a student that is measured."""
    cuda = chosen.device == "cuda"
    return MultimodalOptions(
        checkpoint=str(folder / "checkpoint"),
        device=chosen.device,
        modalities="VT",
        frame_pixels=chosen.pixels,
        predict_batch_clips=chosen.micro_batch,
        training={
            "batch_clips": batch,
            "micro_batch_clips": chosen.micro_batch,
            "loader_workers": chosen.workers,
            "precision": "bf16" if cuda else "fp32",
            "gradient_checkpointing": cuda,
            "validation_fraction": 0.0,
            "checkpoint_every_steps": 10_000,
            "launcher": {"kind": "none"},
        },
    )


def measure(chosen: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return all figures."""
    size, cuda = SIZES[chosen.size], chosen.device == "cuda"
    videos = draw_clips(folder, chosen.clips, 448)
    weights = write_checkpoint(folder / "checkpoint", size, chosen.pixels)
    shards = ShardReader(folder / "shards")
    rows = write_rows(shards.clip_ids())
    batch = 4 * chosen.micro_batch if cuda else chosen.micro_batch
    many = [rows[n % len(rows)] for n in range(batch * chosen.steps)]
    options = build_options(chosen, folder, batch)
    figures: dict[str, Any] = {"device": chosen.device, "size": chosen.size, "weights": weights}
    figures |= measure_training(many, shards, options, folder)
    figures |= measure_answers(rows, shards, options)
    native = options.model_copy(update={"frame_pixels": 448})
    figures |= measure_reading(rows, shards, videos, native)
    return {**figures, **(describe_gpu(size, figures, chosen.pixels) if cuda else {})}


def describe_gpu(size: dict[str, Any], figures: dict[str, Any], pixels: int) -> dict[str, Any]:
    """Return the GPU's name, and how much of its peak the training used where that is known."""
    import torch

    name = torch.cuda.get_device_name()
    flops = flops_per_clip(size, figures["tokens_per_clip"], 16, pixels)
    found = {"gpu": name, "tflops_per_clip": flops / 1e12}
    peak = next((value for part, value in PEAKS.items() if part in name), None)
    if peak:
        found["flop_utilisation"] = flops * figures["clips_per_second"] / (peak * 1e12)
    return found


def main() -> None:
    """Measure, and print the figures as JSON."""
    chosen = read_arguments()
    with tempfile.TemporaryDirectory() as temporary:
        figures = measure(chosen, chosen.folder or Path(temporary))
    print(json.dumps(figures, indent=1))
    if chosen.json:
        write_json(chosen.json, figures)


if __name__ == "__main__":
    main()
