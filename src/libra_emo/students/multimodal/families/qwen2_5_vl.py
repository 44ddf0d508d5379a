"""Qwen2.5-VL, which takes pairs of frames with positions on three axes."""

from __future__ import annotations

from typing import Any

from libra_emo.students.multimodal.families.common import CommonFamily


class Qwen25VL(CommonFamily):
    """The seconds between pairs of frames go into the positions along the time axis.

    Positions are computed here by transformers' own code and given to the model as integers, so
    that half precision cannot change them.
    """

    name = "qwen2_5_vl"
    model_class = "Qwen2_5_VLForConditionalGeneration"
    only_positions = ("second_per_grid_ts",)

    def positions(
        self,
        input_ids: Any,
        per_token: dict[str, Any],
        per_clip: dict[str, Any],
        switches: dict[str, bool],
    ) -> Any:
        """Return the positions along time, height and width, of shape (3, tokens)."""
        from transformers import Qwen2_5_VLModel

        places, _ = without_weights(Qwen2_5_VLModel, self.config).get_rope_index(
            input_ids[None],
            mm_token_type_ids=per_token["mm_token_type_ids"][None],
            video_grid_thw=per_clip.get("video_grid_thw"),
            second_per_grid_ts=per_clip.get("second_per_grid_ts"),
        )
        return places[:, 0]


def without_weights(model_class: Any, config: Any, **attributes: Any) -> Any:
    """Return an instance of a model class without weights, for methods that read the config."""
    from torch import nn

    shell = model_class.__new__(model_class)
    nn.Module.__init__(shell)
    shell.config = config
    for name, value in attributes.items():
        setattr(shell, name, value)
    return shell
