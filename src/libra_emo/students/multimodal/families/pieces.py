"""Inputs of the processors: text, frames, their times; and padding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from libra_emo.students.multimodal.examples import Example
from libra_emo.students.multimodal.families.interface import PaddingSide


def render(processor: Any, turns: list[dict[str, Any]], **options: Any) -> str:
    """Return a conversation as text, by the processor's chat template."""
    text: str = processor.apply_chat_template(turns, tokenize=False, **options)
    return text


def cut_subtitle(tokenizer: Any, example: Example, limit: int) -> str:
    """Return the request with its subtitle cut after a number of tokens."""
    if len(example.subtitle.encode()) <= limit:  # no token is shorter than a byte
        return example.request
    found = tokenizer(example.subtitle, add_special_tokens=False, return_offsets_mapping=True)
    places = found["offset_mapping"]
    if len(places) <= limit:
        return example.request
    return example.request.replace(example.subtitle, example.subtitle[: places[limit - 1][1]])


def stack_frames(example: Example) -> Any:
    """Return the frames as one tensor of shape (frames, 3, height, width), uint8."""
    import torch

    return torch.from_numpy(np.stack(example.frames)).permute(0, 3, 1, 2).contiguous()


def frame_times(example: Example) -> Any:
    """Return the times of the frames, which are evenly spread over the clip's length."""
    from transformers.video_utils import VideoMetadata

    count = len(example.frames)
    return VideoMetadata(
        total_num_frames=count,
        fps=count / example.duration_s,
        duration=example.duration_s,
        frames_indices=list(range(count)),
    )


def pad(rows: Sequence[Any], length: int, value: int, side: PaddingSide) -> Any:
    """Return tensors as one, padded on a side of their last axis to one length."""
    import torch

    padded = []
    for row in rows:
        gap = length - row.shape[-1]
        padded.append(
            torch.nn.functional.pad(row, (gap, 0) if side == "left" else (0, gap), value=value)
        )
    return torch.stack(padded)
