"""Tiny random models of the families besides InternVL, for tests of their adapters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from libra_emo.students.options.multimodal import MultimodalOptions

PATCH = 14
_TEXT = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 32_768,
    "initializer_range": 0.15,  # as the tiny InternVL's
}
# 16 values a head; half of them are divided among time, height and width
_AXES = {"rope_type": "default", "rope_theta": 10_000.0, "mrope_section": [2, 3, 3]}
_TOWER = {
    "depth": 2,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_heads": 2,
    "patch_size": PATCH,
    "spatial_merge_size": 2,
    "temporal_patch_size": 2,
    "window_size": 4 * PATCH,
    "out_hidden_size": 64,
    "fullatt_block_indexes": [1],
}


@dataclass(frozen=True)
class SpecialTokens:
    """The special tokens of a family.

    Attributes:
        special: Tokens that no text contains.
        names: Names of the tokens in the processor.
        places: Placeholders of a video, an image and a sound in a request.
    """

    special: tuple[str, ...]
    names: dict[str, str]
    places: dict[str, str]


SPECIAL_TOKENS = {
    "qwen2_5_vl": SpecialTokens(
        ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"),
        {"image_token": "<|image_pad|>", "video_token": "<|video_pad|>"},
        {"video": "<|vision_start|><|video_pad|><|vision_end|>"},
    ),
    "qwen2_5_omni": SpecialTokens(
        (
            *("<|vision_bos|>", "<|vision_eos|>", "<|IMAGE|>", "<|VIDEO|>"),
            *("<|audio_bos|>", "<|audio_eos|>", "<|AUDIO|>"),
        ),
        {
            "image_token": "<|IMAGE|>",
            "video_token": "<|VIDEO|>",
            "audio_token": "<|AUDIO|>",
            "vision_bos_token": "<|vision_bos|>",
            "vision_eos_token": "<|vision_eos|>",
            "audio_bos_token": "<|audio_bos|>",
            "audio_eos_token": "<|audio_eos|>",
        },
        {
            "video": "<|vision_bos|><|VIDEO|><|vision_eos|>",
            "audio": "<|audio_bos|><|AUDIO|><|audio_eos|>",
        },
    ),
    "image_text": SpecialTokens(("<image>",), {"image_token": "<image>"}, {"image": "<image>"}),
}


def other_configuration(name: str, options: MultimodalOptions, tokenizer: Any) -> Any:
    """Return the configuration of a tiny model of one of these families."""
    import transformers

    text: dict[str, Any] = {**_TEXT, "vocab_size": len(tokenizer)}
    ids = {word: tokenizer.convert_tokens_to_ids(word) for word in SPECIAL_TOKENS[name].special}
    if name == "image_text":
        return transformers.LlavaConfig(
            vision_config={
                "model_type": "clip_vision_model",
                "hidden_size": 32,
                "intermediate_size": 64,
                "num_hidden_layers": 2,
                "num_attention_heads": 2,
                "image_size": _side(options),
                "patch_size": PATCH,
            },
            text_config={**text, "model_type": "llama"},
            image_token_id=ids["<image>"],
        )
    text["rope_parameters"] = dict(_AXES)
    if name == "qwen2_5_vl":
        return transformers.Qwen2_5_VLConfig(
            text_config=text,
            vision_config={**_TOWER, "tokens_per_second": 2},
            image_token_id=ids["<|image_pad|>"],
            video_token_id=ids["<|video_pad|>"],
            vision_start_token_id=ids["<|vision_start|>"],
            vision_end_token_id=ids["<|vision_end|>"],
        )
    from transformers.models.qwen2_5_omni.configuration_qwen2_5_omni import (
        Qwen2_5OmniThinkerConfig,
    )

    return Qwen2_5OmniThinkerConfig(
        text_config=text,
        vision_config=dict(_TOWER),
        audio_config={
            "num_mel_bins": 128,
            "d_model": 32,
            "encoder_layers": 2,
            "encoder_attention_heads": 2,
            "encoder_ffn_dim": 64,
            "output_dim": 64,
        },
        image_token_index=ids["<|IMAGE|>"],
        video_token_index=ids["<|VIDEO|>"],
        audio_token_index=ids["<|AUDIO|>"],
        audio_start_token_id=ids["<|audio_bos|>"],
        audio_end_token_id=ids["<|audio_eos|>"],
        vision_start_token_id=ids["<|vision_bos|>"],
        vision_end_token_id=ids["<|vision_eos|>"],
        initializer_range=0.15,  # of its output layer, which is its own
    )


def other_processor(name: str, options: MultimodalOptions, tokenizer: Any, template: str) -> Any:
    """Return the processor of a tiny model of one of these families."""
    import transformers

    if name == "image_text":
        side = _side(options)
        size = {"height": side, "width": side}
        return transformers.LlavaProcessor(
            image_processor=transformers.CLIPImageProcessor(size=size, crop_size=size),
            tokenizer=tokenizer,
            patch_size=PATCH,
            vision_feature_select_strategy="default",
            num_additional_image_tokens=1,
            chat_template=template,
        )
    size = {"shortest_edge": 4 * PATCH * PATCH, "longest_edge": 64 * PATCH * PATCH}
    parts = {
        "image_processor": transformers.Qwen2VLImageProcessor(size=size),
        "video_processor": transformers.Qwen2VLVideoProcessor(size=size),
        "tokenizer": tokenizer,
        "chat_template": template,
    }
    if name == "qwen2_5_vl":
        return transformers.Qwen2_5_VLProcessor(**parts)
    ears = transformers.WhisperFeatureExtractor(feature_size=128)
    return transformers.Qwen2_5OmniProcessor(feature_extractor=ears, **parts)


def _side(options: MultimodalOptions) -> int:
    return max(2, options.frame_pixels // PATCH // 2 * 2) * PATCH
