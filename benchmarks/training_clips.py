"""The data of benchmarks/training.py: drawn clips, a random model, answers of some length."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from libra_emo.common.images import fit_size
from libra_emo.media.shards import ClipData, ShardWriter
from libra_emo.students.multimodal.tiny.internvl import PATCH, tiny_processor, tiny_tokenizer
from libra_emo.students.options.multimodal import MultimodalOptions
from libra_emo.taxonomy import read_taxonomy

LABELS = list(read_taxonomy().labels)
WIDTH, HEIGHT, RATE, SECONDS = 1280, 720, 25, 6.0
# large: InternVL3-1B's; deep: as many layers, thin; shallow: few layers, twice as wide
SIZES: dict[str, dict[str, Any]] = {
    "large": {
        "vision": {"hidden_size": 1024, "num_hidden_layers": 24, "intermediate_size": 4096},
        "heads": 16,
        "text": {"hidden_size": 896, "num_hidden_layers": 24, "intermediate_size": 4864},
        "text_heads": (14, 2),
        "vocabulary": 151_674,
    },
    "deep": {
        "vision": {"hidden_size": 64, "num_hidden_layers": 24, "intermediate_size": 256},
        "heads": 4,
        "text": {"hidden_size": 64, "num_hidden_layers": 24, "intermediate_size": 256},
        "text_heads": (4, 2),
        "vocabulary": 640,
    },
    "shallow": {
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
