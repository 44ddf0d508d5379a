"""Pixels as bytes until they are on the model's device: a quarter of the memory of numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

NAMES = ("pixel_values", "pixel_values_videos")
_TAKE_PIXELS = ("forward", "get_image_features", "get_video_features")
RAW = {"do_rescale": False, "do_normalize": False}  # options of a processor that keeps bytes


@dataclass(frozen=True)
class PixelScale:
    """How a processor turns bytes into numbers around zero.

    Attributes:
        mean: Mean of each channel, from 0 to 255.
        deviation: Standard deviation of each channel, likewise.
    """

    mean: tuple[float, ...]
    deviation: tuple[float, ...]

    def normalise(self, pixels: Any) -> Any:
        """Return bytes as float32.

        Args:
            pixels: Frames of shape (…, channels, height, width), or flattened patches of shape
                (patches, channels x pixels of a patch).
        """
        import torch

        shape = (len(self.mean), 1) if pixels.dim() == 2 else (len(self.mean), 1, 1)
        mean, deviation = (
            torch.tensor(values, device=pixels.device).view(shape)
            for values in (self.mean, self.deviation)
        )
        channels = pixels.view(len(pixels), shape[0], -1) if pixels.dim() == 2 else pixels
        numbers = channels.to(torch.float32, copy=True)
        return numbers.sub_(mean).div_(deviation).view(pixels.shape)


def read_scale(processor: Any) -> PixelScale | None:
    """Return how a processor scales pixels, or None where it does something else."""
    part = getattr(processor, "video_processor", None) or getattr(
        processor, "image_processor", None
    )
    mean, deviation = (getattr(part, name, None) for name in ("image_mean", "image_std"))
    factor = getattr(part, "rescale_factor", None)
    usual = getattr(part, "do_rescale", False) and getattr(part, "do_normalize", False)
    if not (usual and mean and deviation and factor and len(mean) == len(deviation)):
        return None
    import torch

    # in float32, as transformers computes it
    fused = (torch.tensor(values) * (1.0 / factor) for values in (mean, deviation))
    scale = PixelScale(*(tuple(values.tolist()) for values in fused))
    return scale if all(math.isfinite(value) for value in scale.mean) else None


def agree(scale: PixelScale, raw: dict[str, Any], normalised: dict[str, Any]) -> bool:
    """Return whether the bytes of an input, when they are scaled, are its numbers to the last bit.

    Args:
        scale: The scale.
        raw: Output of the processor with `RAW`.
        normalised: Output of the processor without.
    """
    import torch

    if raw.keys() != normalised.keys():
        return False
    for name in NAMES:
        if name not in raw:
            continue
        found, wanted = raw[name], normalised[name]
        if found.dtype != torch.uint8 or found.shape != wanted.shape:
            return False
        if not torch.equal(scale.normalise(found), wanted):
            return False
    return True


def scale_in_forward(model: Any, scale: PixelScale | None) -> Any:
    """Return the model, which from now on takes pixels as bytes, too.

    The instances' own methods are replaced: the wrappers of low-rank matrices call `forward` past
    all hooks, and transformers' `generate` calls the encoders of frames past `forward`.
    """
    if scale is None:
        return model
    for module in (model, getattr(model, "model", None)):
        for name in _TAKE_PIXELS:
            if callable(method := getattr(module, name, None)):
                setattr(module, name, _scaled(method, scale))
    return model


def _scaled(method: Callable[..., Any], scale: PixelScale) -> Callable[..., Any]:
    import torch

    def normalise(value: Any) -> Any:
        raw = isinstance(value, torch.Tensor) and value.dtype == torch.uint8
        return scale.normalise(value) if raw else value

    @wraps(method)
    def scaled(*arguments: Any, **inputs: Any) -> Any:
        inputs |= {name: normalise(inputs[name]) for name in NAMES if name in inputs}
        return method(*(normalise(value) for value in arguments), **inputs)

    return scaled
