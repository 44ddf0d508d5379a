"""InternVL (3 and later in transformers' own format, and 2.5 converted to it)."""

from __future__ import annotations

from libra_emo.students.multimodal.families.common import CommonFamily


class InternVL(CommonFamily):
    """Each frame is `Frame<n>: ` and its tokens; the model takes no times of frames."""

    name = "internvl"
    model_class = "InternVLForConditionalGeneration"
