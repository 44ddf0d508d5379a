"""Frames as a student sees them while training: mirrored and recoloured, alike within a clip.

What happens to a clip depends on (seed, epoch, clip_id) alone: not on the order of clips, the
number of processes, or whether the training was interrupted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from libra_emo.students.multimodal.options import AugmentOptions

Frame = NDArray[np.uint8]


@dataclass(frozen=True)
class Look:
    """How one clip is changed in one epoch.

    Attributes:
        flip: Whether left and right change places.
        brightness: Factor of all values.
        contrast: Factor of the distance from the clip's mean grey.
        saturation: Factor of the distance from a pixel's own grey.
        hue: Turn of the hue as a share of the circle.
    """

    flip: bool
    brightness: float
    contrast: float
    saturation: float
    hue: float


def draw_look(options: AugmentOptions, seed: int, epoch: int, clip_id: str) -> Look:
    """Return the look of a clip in an epoch."""
    digest = hashlib.sha256(f"{seed}/{epoch}/{clip_id}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:16], "big"))
    draws = rng.random(5)
    reach = (options.brightness, options.contrast, options.saturation, options.hue)
    shifts = [(2 * draw - 1) * limit for draw, limit in zip(draws[1:], reach, strict=True)]
    return Look(
        bool(draws[0] < options.flip_probability),
        1 + shifts[0],
        1 + shifts[1],
        1 + shifts[2],
        shifts[3],
    )


def apply_look(frames: Sequence[Frame], look: Look) -> list[Frame]:
    """Return the frames of a clip with a look, as new arrays.

    Args:
        frames: RGB, uint8, of shape (height, width, 3).
        look: The same for all of them.
    """
    grey = float(np.mean([frame.mean() for frame in frames])) if frames else 0.0
    return [_apply(frame, look, grey) for frame in frames]


def _apply(frame: Frame, look: Look, clip_grey: float) -> Frame:
    pixels = frame[:, ::-1] if look.flip else frame
    if look.hue:
        hsv = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2HSV_FULL)
        hsv[..., 0] += np.uint8(round(look.hue * 256) % 256)  # wraps around as hue does
        pixels = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB_FULL)
    values = pixels.astype(np.float32)
    own_grey = values @ np.array([0.299, 0.587, 0.114], np.float32)
    values = own_grey[..., None] + look.saturation * (values - own_grey[..., None])
    values = clip_grey + look.contrast * (values - clip_grey)
    result: Frame = np.clip(np.round(values * look.brightness), 0, 255).astype(np.uint8)
    return result
