"""Tensors of a training step, counted on the device without memory, against what torch keeps."""

import gc

import pytest
import torch
from support.counted_models import CLIPS, SIZES, build_counted
from transformers import InternVLForConditionalGeneration

from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.training.batches import plan_batches
from libra_emo.students.multimodal.training.counting import (
    TensorCounter,
    count_step,
    register_attention,
)
from libra_emo.students.multimodal.training.estimate import _build_without_memory
from libra_emo.students.multimodal.training.memory import GIB, Lengths, estimate_activations
from libra_emo.students.options.multimodal import MultimodalOptions

TOKENS, ANSWERS = 4400, 62
CASES = [(size, kept, drop) for size in SIZES for kept in (True, False) for drop in (0.05, 0.0)]


@pytest.mark.parametrize(("size", "checkpointing", "dropout"), CASES)
def test_the_estimate_is_within_a_tenth_of_the_counted_tensors(size, checkpointing, dropout):
    tuning, model, weights = build_counted(size, checkpointing, dropout)
    counted = count_step(model, CLIPS, TOKENS, ANSWERS, checkpointing)
    batches = plan_batches(1000, CLIPS, CLIPS, 1, 1)
    lengths = Lengths(TOKENS, TOKENS, 4096, ANSWERS - 2, 1)
    assert estimate_activations(weights, lengths, tuning, batches) == pytest.approx(
        counted, rel=0.1
    )
    del model
    gc.collect()


def test_one_layer_of_8b_keeps_what_was_counted_by_hand():
    """323,600 bytes a token with dropout: norms 28,672, attention 16,384, gates 113,664, inputs of
    the low-rank matrices with copy and draw 161,792, and small ones."""
    found = []
    for layers in (3, 4):
        _, model, _ = build_counted("8B", False, 0.05, layers=layers)
        found.append(count_step(model, 1, 2000, 2, False))
    assert (found[1] - found[0]) / 2000 == pytest.approx(323_600, rel=0.01)


def test_without_checkpointing_four_clips_keep_150_gib():
    _, model, _ = build_counted("8B", False, 0.05)
    assert count_step(model, CLIPS, TOKENS, ANSWERS, False) / GIB == pytest.approx(150, rel=0.02)


def test_what_autograd_saves_is_what_is_counted():
    """Torch hands every tensor that it keeps for the backward pass to a hook."""
    _, model, _ = build_counted("1B", False, 0.05, layers=4)
    counted = count_step(model, 1, 1000, 2, False)
    saved = {}

    def keep(tensor):
        storage = tensor.untyped_storage()
        saved[storage._cdata] = storage  # held, so that no other gets its number
        return tensor

    weights = {weight.untyped_storage()._cdata for weight in model.parameters()}
    language = model.get_base_model().model.language_model
    embedded = torch.empty((1, 1000, 896), dtype=torch.bfloat16, device="meta")
    seen = torch.ones((1, 1000), dtype=torch.long, device="meta")
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        output = language(inputs_embeds=embedded, attention_mask=seen, use_cache=False)
    kept = sum(storage.nbytes() for key, storage in saved.items() if key not in weights)
    assert kept < counted and counted == pytest.approx(kept, rel=0.1)
    del output


def test_tensors_count_from_their_making_to_their_end_and_views_not():
    with TensorCounter() as counter:
        first = torch.empty(1000, device="meta")
        view = first[:10].view(2, 5)
        second = first + 1
        assert counter.alive == 8000
        del first, second
        assert counter.alive == 4000  # the view holds the first
        del view
        assert counter.alive == 0 and counter.peak == 8000


@pytest.mark.parametrize("name", ["internvl", "qwen2_5_vl", "qwen2_5_omni", "image_text"])
@pytest.mark.parametrize("rank", [4, 0])
def test_every_family_can_be_counted(name, rank):
    lora = {"rank": rank, "dropout": 0.1}
    options = MultimodalOptions(checkpoint=f"tiny:{name}", training={"lora": lora})
    family = open_family(options)
    family.load_processor(options.checkpoint, options)
    model, _ = _build_without_memory(options, family, family.config)
    kept, again = (count_step(model, 2, 40, 4, checkpointing) for checkpointing in (False, True))
    assert kept > again > 2 * 40 * 64 * 2


def test_the_attention_keeps_no_number_for_each_pair_of_tokens():
    assert register_attention() == "counted"
    _, model, _ = build_counted("1B", False, 0.0, layers=1)
    short, long = (count_step(model, 1, tokens, 2, False) for tokens in (2000, 4000))
    assert long < 2.05 * short
    assert isinstance(model.get_base_model(), InternVLForConditionalGeneration)
