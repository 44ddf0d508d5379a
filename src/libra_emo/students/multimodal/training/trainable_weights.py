"""Which of a model's weights are trained."""

from __future__ import annotations

import re
from typing import Any

from libra_emo.students.multimodal.families import Family
from libra_emo.students.options.multimodal import MultimodalOptions

# the encoders of frames and sound stay as they are, also where all other weights are trained
_TOWERS = re.compile(r"(?:^|\.)(?:vision_tower|vision_model|visual|audio_tower)\.")


def prepare_model(model: Any, family: Family, options: MultimodalOptions) -> Any:
    """Return the model ready to be trained: with low-rank matrices, or with all its weights."""
    lora = options.training.lora
    model.config.use_cache = False
    if not lora.rank:
        for name, weight in model.named_parameters():
            weight.requires_grad = not _TOWERS.search(name)
        return model
    from peft import LoraConfig, get_peft_model

    return get_peft_model(
        model,
        LoraConfig(
            r=lora.rank,
            lora_alpha=lora.alpha,
            lora_dropout=lora.dropout,
            target_modules=family.lora_targets,
            bias="none",
        ),
    )
