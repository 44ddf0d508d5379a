"""Any other model that transformers loads as image-text-to-text."""

from __future__ import annotations

from typing import Any

from libra_emo.students.multimodal.examples import Example
from libra_emo.students.multimodal.families.common import CommonFamily


class ImageText(CommonFamily):
    """Frames are a video where the processor takes one, and otherwise images.

    The model computes positions itself, so its batches are never padded before the answer.
    """

    name = "image_text"
    knows_positions = False
    model_class = "AutoModelForImageTextToText"
    lora_targets = (
        r"(?:.*\.)?(?:language_model|text_model)\.(?:.*\.)?layers\.\d+\."
        r".*?(?:q|k|v|o|qkv|gate|up|down|gate_up)_proj"
    )

    def inputs(self, processor: Any, example: Example) -> dict[str, Any]:
        """Return the processor's output for a request, whose first axis is one clip."""
        if not example.frames or getattr(processor, "video_processor", None) is not None:
            return super().inputs(processor, example)
        places = [{"type": "image"}] * len(example.frames)
        text = self.prompt(processor, example, places)
        options = self.pixel_options()
        return dict(self.process(processor, text, images=[example.frames], **options))

    def positions(
        self,
        input_ids: Any,
        per_token: dict[str, Any],
        per_clip: dict[str, Any],
        switches: dict[str, bool],
    ) -> Any:
        """Return None, since only the model knows them."""
        return None
