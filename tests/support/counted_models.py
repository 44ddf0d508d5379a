"""Models of real sizes that are built from their configurations, to count their tensors."""

import torch
from transformers import InternVLConfig, InternVLForConditionalGeneration

from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.training.estimate import _build_without_memory, _measure
from libra_emo.students.multimodal.training.trainable_weights import prepare_model
from libra_emo.students.options.multimodal import MultimodalOptions

CLIPS = 4
# the language models of InternVL3-1B and -8B
SIZES = {
    "1B": {"hidden_size": 896, "intermediate_size": 4864, "num_hidden_layers": 24},
    "8B": {"hidden_size": 3584, "intermediate_size": 18_944, "num_hidden_layers": 28},
}
HEADS = {
    "1B": {"num_attention_heads": 14, "num_key_value_heads": 2},
    "8B": {"num_attention_heads": 28, "num_key_value_heads": 4},
}


def build_counted(
    size, checkpointing, dropout, rank=16, layers=None, device="meta", attention=None
):
    """Return options of a training, its model on a device, and the model's size."""
    text = {**SIZES[size], **HEADS[size], "vocab_size": 151_674, "model_type": "qwen2"}
    if layers:
        text["num_hidden_layers"] = layers
    config = InternVLConfig(text_config=text)
    lora = {"rank": rank, "dropout": dropout}
    tuning = {"gradient_checkpointing": checkpointing, "lora": lora, "micro_batch_clips": CLIPS}
    options = MultimodalOptions(checkpoint="x", family="internvl", training=tuning)
    family = open_family(options)
    if device == "meta":
        model, total = _build_without_memory(options, family, config)
        return options.training, model, _measure(model, total, config)
    with torch.device(device):
        model = InternVLForConditionalGeneration._from_config(
            config, dtype=torch.bfloat16, attn_implementation=attention
        )
        return options.training, prepare_model(model, family, options).to(torch.bfloat16), None
