"""Pretrained checkpoints: their configuration, processor and weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from libra_emo.students.errors import StudentError
from libra_emo.students.options.multimodal import MultimodalOptions

TINY = "tiny:"
CONFIGURATION = "config.json"


def read_model_type(options: MultimodalOptions) -> str:
    """Return the model type of a checkpoint."""
    return str(read_configuration(options.checkpoint, options).model_type)


def find_model_type(checkpoint: str) -> str | None:
    """Return the model type of a checkpoint from files that are here, without network or torch.

    Returns:
        None where it is neither a folder nor in the cache of downloads.
    """
    path: object = Path(checkpoint) / CONFIGURATION
    if not Path(checkpoint).is_dir():
        try:
            from huggingface_hub import try_to_load_from_cache

            path = try_to_load_from_cache(checkpoint, CONFIGURATION)
        except (ImportError, ValueError):
            return None
    try:
        found = json.loads(Path(str(path)).read_text(encoding="utf-8"))["model_type"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(found)


def read_configuration(checkpoint: str, options: MultimodalOptions) -> Any:
    """Return a checkpoint's configuration.

    Raises:
        StudentError: If it cannot be read.
    """
    if checkpoint.startswith(TINY):
        from libra_emo.students.multimodal.tiny.internvl import tiny_configuration

        return tiny_configuration(checkpoint.removeprefix(TINY), options)
    from transformers import AutoConfig

    try:
        return AutoConfig.from_pretrained(checkpoint, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise StudentError(_unreadable(checkpoint, "a configuration", error)) from error


def read_processor(checkpoint: str, options: MultimodalOptions, processor_class: str) -> Any:
    """Return a checkpoint's processor.

    Raises:
        StudentError: If it has none that can be read.
    """
    if checkpoint.startswith(TINY):
        from libra_emo.students.multimodal.tiny.internvl import tiny_processor

        return tiny_processor(checkpoint.removeprefix(TINY), options)
    import transformers

    try:
        kind = getattr(transformers, processor_class)
        processor = kind.from_pretrained(checkpoint, trust_remote_code=False)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StudentError(_unreadable(checkpoint, "a processor", error)) from error
    if not hasattr(processor, "tokenizer"):
        raise StudentError(
            f"training.multimodal.checkpoint: {checkpoint} has no processor for images and text "
            "besides its tokenizer; copy the processor files of its base model into the folder"
        )
    return processor


def load_weights(
    checkpoint: str, options: MultimodalOptions, model_class: str, device: str | None = None
) -> Any:
    """Return a checkpoint's model on its device, in evaluation mode.

    Raises:
        StudentError: If it cannot be read.
    """
    import torch
    import transformers

    device = device or _device(options.device)
    dtype = _dtype(options.dtype, device)
    kind = getattr(transformers, model_class)
    if checkpoint.startswith(TINY):
        from libra_emo.students.multimodal.tiny.internvl import seeded

        build = getattr(kind, "from_config", kind)  # the Auto classes are no models themselves
        with seeded(0):
            model = build(read_configuration(checkpoint, options))
        return model.to(device=device, dtype=torch.float32 if dtype == "auto" else dtype).eval()
    try:
        model = kind.from_pretrained(
            checkpoint,
            dtype=dtype,
            attn_implementation=options.attention,
            trust_remote_code=False,
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise StudentError(_unreadable(checkpoint, "weights", error)) from error
    return model.to(device).eval()


def _device(chosen: str) -> str:
    from libra_emo.students.multimodal.devices import wants_cuda

    if chosen.startswith("cuda:") and wants_cuda(chosen):
        return chosen
    return "cuda" if wants_cuda(chosen) else "cpu"


def _dtype(chosen: str, device: str) -> Any:
    import torch

    if chosen == "auto":
        return torch.float32 if device == "cpu" else "auto"
    return getattr(torch, chosen)


def _unreadable(checkpoint: str, part: str, error: Exception) -> str:
    place = "the folder" if Path(checkpoint).is_dir() else "the name"
    cause = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return (
        f"training.multimodal.checkpoint: {checkpoint} has not {part} that transformers can read "
        f"({cause}); check {place}, or download the whole checkpoint into a folder first"
    )
