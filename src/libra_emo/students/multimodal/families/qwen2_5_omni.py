"""Qwen2.5-Omni's thinker, which takes frames and sound on one time axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from libra_emo.students.multimodal.examples import Example
from libra_emo.students.multimodal.families.common import CommonFamily
from libra_emo.students.multimodal.families.pieces import stack_frames
from libra_emo.students.multimodal.families.qwen2_5_vl import without_weights

_SHORTEST_SOUND_S = 0.1  # the audio encoder pools over hundredths of a second


class Qwen25Omni(CommonFamily):
    """Frames and sound are interleaved in chunks of two seconds when a clip has both."""

    name = "qwen2_5_omni"
    hears = True
    model_class = "Qwen2_5OmniThinkerForConditionalGeneration"
    processor_class = "Qwen2_5OmniProcessor"
    only_positions = ("video_second_per_grid",)

    def text_and_vision(self, config: Any) -> Any:
        """Return the thinker's configuration, also from that of the whole model."""
        return getattr(config, "thinker_config", config)

    def content(self, example: Example) -> list[dict[str, str]]:
        """Return the placeholder of a video with its sound, or of the sound alone."""
        if example.frames:
            return [{"type": "video"}]
        return [{"type": "audio"}] if example.audio is not None else []

    def inputs(self, processor: Any, example: Example) -> dict[str, Any]:
        """Return the processor's output for a request, whose first axis is one clip."""
        text = self.prompt(processor, example, self.content(example))
        given: dict[str, Any] = {}
        if example.frames:
            given["videos"] = [stack_frames(example)]
            fps = len(example.frames) / example.duration_s
            # the checkpoint's own limits: the processor class's would enlarge small frames
            limits = dict(processor.video_processor.size).items()
            size = {name: value for name, value in limits if value is not None}
            sampling = {"fps": fps, "do_sample_frames": False, "size": size}
            given["videos_kwargs"] = {**sampling, **self.pixel_options()}
        if example.audio is not None:
            given["audio"] = [_pad_sound(example)]
        if example.frames and example.audio is not None:
            given.update(load_audio_from_video=True, audio_from_video_indices=[0])
        made = dict(self.process(processor, text, **given))
        made["use_audio_in_video"] = bool(example.frames) and example.audio is not None
        return made

    def positions(
        self,
        input_ids: Any,
        per_token: dict[str, Any],
        per_clip: dict[str, Any],
        switches: dict[str, bool],
    ) -> Any:
        """Return the positions along time, height and width, of shape (3, tokens)."""
        import torch
        from transformers import Qwen2_5OmniThinkerForConditionalGeneration as Thinker

        merged = self.config.vision_config.spatial_merge_size
        audio_mask = per_clip.get("feature_attention_mask")
        seconds = per_clip.get("video_second_per_grid")
        places, _ = without_weights(Thinker, self.config, spatial_merge_size=merged).get_rope_index(
            input_ids[None],
            None,
            per_clip.get("video_grid_thw"),
            torch.ones_like(input_ids)[None],
            switches["use_audio_in_video"],
            None if audio_mask is None else audio_mask.sum(-1),
            None if seconds is None else torch.as_tensor(seconds),
        )
        return places[:, 0]


def _pad_sound(example: Example) -> Any:
    """Return the sound, padded with silence where a clip has almost none."""
    sound = example.audio if example.audio is not None else np.zeros(0, np.float32)
    shortest = round(_SHORTEST_SOUND_S * example.sample_rate)
    return np.pad(sound, (0, max(0, shortest - len(sound))))
