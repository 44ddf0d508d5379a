"""Augmentation of frames during training: flips and colour jitter, alike for all frames of a clip.

What happens to a clip depends on (seed, epoch, clip_id) alone: not on the order of clips, the
number of processes, or whether the training was interrupted. torchvision's transforms draw from
torch's global random state, which a resumed training does not restore in time; so the values are
drawn here, from the ranges that RandomHorizontalFlip and ColorJitter have, and torchvision's
functions apply them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from libra_emo.common.seeding import generator
from libra_emo.students.options.multimodal import AugmentationOptions

Frame = NDArray[np.uint8]


@dataclass(frozen=True)
class Augmentation:
    """How one clip is changed in one epoch.

    Attributes:
        flip: Whether left and right change places.
        brightness: Factor of all values.
        contrast: Factor of the distance from a frame's mean grey.
        saturation: Factor of the distance from a pixel's own grey.
        hue: Shift of the hue as a share of the circle.
    """

    flip: bool
    brightness: float
    contrast: float
    saturation: float
    hue: float


def draw_augmentation(
    options: AugmentationOptions, seed: int, epoch: int, clip_id: str
) -> Augmentation:
    """Return the augmentation of a clip in an epoch."""
    flip, *shifts = generator(seed, "augmentation", epoch, clip_id).uniform(-1, 1, size=5)
    brightness, contrast, saturation, hue = (float(shift) for shift in shifts)
    return Augmentation(
        flip=bool(flip < 2 * options.flip_probability - 1),
        brightness=1 + brightness * options.brightness,
        contrast=1 + contrast * options.contrast,
        saturation=1 + saturation * options.saturation,
        hue=hue * options.hue,
    )


def augment(frames: Sequence[Frame], augmentation: Augmentation) -> list[Frame]:
    """Return the augmented frames of a clip, as new arrays.

    Args:
        frames: Frames of one size, RGB, uint8, each of shape (height, width, 3).
        augmentation: The change, which is the same for all of them.
    """
    if not frames:
        return []
    import torch
    from torchvision.transforms.v2 import functional

    pixels = torch.from_numpy(np.stack(frames)).permute(0, 3, 1, 2)
    if augmentation.flip:
        pixels = functional.horizontal_flip(pixels)
    pixels = functional.adjust_hue(pixels, augmentation.hue)
    pixels = functional.adjust_saturation(pixels, augmentation.saturation)
    pixels = functional.adjust_contrast(pixels, augmentation.contrast)
    pixels = functional.adjust_brightness(pixels, augmentation.brightness)
    return list(pixels.permute(0, 2, 3, 1).contiguous().numpy())
