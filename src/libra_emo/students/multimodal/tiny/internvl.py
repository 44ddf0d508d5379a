"""Tiny random models, with processors and a tokenizer trained in memory: nothing is downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.tiny.others import (
    SPECIAL_TOKENS,
    SpecialTokens,
    other_configuration,
    other_processor,
)
from libra_emo.students.options.multimodal import MultimodalOptions
from libra_emo.taxonomy import TAXONOMY_FILE

PATCH = 14
VOCABULARY = 640
CHAT = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
INTERNVL = SpecialTokens(
    ("<img>", "</img>", "<IMG_CONTEXT>", "<video>"),
    {
        "start_image_token": "<img>",
        "end_image_token": "</img>",
        "context_image_token": "<IMG_CONTEXT>",
        "video_token": "<video>",
    },
    {"video": "<video>\n"},
)
ALL = {"internvl": INTERNVL, **SPECIAL_TOKENS}


def tiny_configuration(name: str, options: MultimodalOptions) -> Any:
    """Return the configuration of a tiny model of a family."""
    from transformers import InternVLConfig

    _check(name)
    tokenizer = tiny_tokenizer(name)
    if name in SPECIAL_TOKENS:
        return other_configuration(name, options, tokenizer)
    side = max(2, options.frame_pixels // PATCH // 2 * 2) * PATCH
    return InternVLConfig(
        vision_config={
            "hidden_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "intermediate_size": 64,
            "image_size": [side, side],
            "patch_size": [PATCH, PATCH],
        },
        text_config={
            "model_type": "qwen2",
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "vocab_size": len(tokenizer),
            "max_position_embeddings": 32_768,
            # at this width, the frozen output layer must still distinguish tokens
            "initializer_range": 0.15,
        },
        image_token_id=tokenizer.convert_tokens_to_ids("<IMG_CONTEXT>"),
        image_seq_length=(side // PATCH) ** 2 // 4,
        downsample_ratio=0.5,
    )


def tiny_processor(name: str, options: MultimodalOptions) -> Any:
    """Return the processor of a tiny model of a family."""
    from transformers import GotOcr2ImageProcessor, InternVLProcessor, InternVLVideoProcessor

    _check(name)
    if name in SPECIAL_TOKENS:
        return other_processor(name, options, tiny_tokenizer(name), _template(name))
    side = tiny_configuration(name, options).vision_config.image_size[0]
    size = {"height": side, "width": side}
    return InternVLProcessor(
        image_processor=GotOcr2ImageProcessor(size=size),
        tokenizer=tiny_tokenizer(name),
        video_processor=InternVLVideoProcessor(size=size),
        image_seq_length=(side // PATCH) ** 2 // 4,
        chat_template=_template(name),
    )


@cache
def tiny_tokenizer(name: str = "internvl") -> Any:
    """Return a family's byte-level tokenizer, trained on the words of the taxonomy."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[*CHAT, *ALL[name].special],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TAXONOMY_FILE.read_text(encoding="utf-8").splitlines(), trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|im_end|>",  # noqa: S106 - a word, not a secret
        pad_token="<|endoftext|>",  # noqa: S106 - likewise
        # names by which the processor asks for them
        extra_special_tokens=dict(ALL[name].names),
    )
    return fast


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed torch's random numbers inside the block, and restore their state after it."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def _template(name: str) -> str:
    places = "".join(
        f"{{% if part['type'] == '{kind}' %}}{place}{{% endif %}}"
        for kind, place in ALL[name].places.items()
    )
    return (
        "{% for turn in messages %}<|im_start|>{{ turn['role'] }}\n"
        "{% for part in turn['content'] %}"
        + places.replace("\n", "{{ '\\n' }}")
        + "{% if part['type'] == 'text' %}{{ part['text'] }}{% endif %}"
        "{% endfor %}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )


def _check(name: str) -> None:
    if name not in ALL:
        raise StudentError(
            f"training.multimodal.checkpoint: tiny:{name} is not known; use one of "
            f"{', '.join(f'tiny:{family}' for family in ALL)}"
        )
