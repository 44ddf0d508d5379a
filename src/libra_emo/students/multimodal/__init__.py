"""The multimodal student: a vision-language model fine-tuned to answer with a label."""

from __future__ import annotations

from libra_emo.students.multimodal.options import AugmentOptions, MultimodalOptions

__all__ = ["AugmentOptions", "MultimodalOptions"]
