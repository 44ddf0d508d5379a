"""What a dry run says, against sizes that are known."""

import pytest
from support.tiny_training import draw_shards, options, write_rows

from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.training.batches import plan_batches
from libra_emo.students.multimodal.training.estimate import (
    GIB,
    Lengths,
    Weights,
    count_weights,
    describe_training,
    estimate_disk,
    estimate_memory,
)
from libra_emo.students.options.fine_tuning import FineTuningOptions

# 8 billion weights, LoRA of rank 16 on Qwen2.5-7B's seven projections (about 40 million)
LARGE = Weights(7_940_000_000, 40_370_176, 28, 3584, 18_944, 151_674)
LENGTHS = Lengths(4300.0, 4400, 4096.0, 60.0, 12)


def memory(stage=2, processes=32, micro=4, **changed):
    tuning = FineTuningOptions(micro_batch_clips=micro, launcher={"zero_stage": stage}, **changed)
    batches = plan_batches(61_625, micro * processes, micro, processes, 1)
    return estimate_memory(LARGE, LENGTHS, tuning, batches)


def test_the_papers_run_fits_an_80_gb_gpu():
    parts = memory()
    assert parts["weights"] == pytest.approx(2 * (LARGE.all + LARGE.learnt) / GIB, rel=0.01)
    assert 16 < sum(parts.values()) < 80


def test_higher_stages_and_more_gpus_hold_less():
    totals = [sum(memory(stage, 8).values()) for stage in (0, 2)]
    assert totals[0] > totals[1]
    full = {"lora": {"rank": 0}}
    held = [memory(3, n, **full)["optimizer"] for n in (8, 16, 32)]
    assert held[0] == pytest.approx(2 * held[1]) == pytest.approx(4 * held[2])
    assert memory(3, 32)["weights"] < memory(2, 32)["weights"]


def test_checkpointing_and_smaller_portions_hold_less():
    assert memory()["activations"] < memory(gradient_checkpointing=False)["activations"]
    assert memory(micro=1)["activations"] < memory(micro=2)["activations"]


def test_disk_counts_the_best_the_last_and_the_one_being_written():
    lora = estimate_disk(LARGE, FineTuningOptions())
    assert 3 * 14 * LARGE.learnt / GIB < lora < 3 * 20 * LARGE.learnt / GIB
    assert estimate_disk(LARGE, FineTuningOptions(lora={"rank": 0})) > lora


def test_weights_are_counted_without_making_them():
    chosen = options()
    family = open_family(chosen)
    model, _ = family.load(chosen.checkpoint, chosen)
    counted = count_weights(chosen, family, family.config)
    assert counted.all == sum(weight.numel() for weight in model.parameters())
    text = family.config.get_text_config()
    hidden, inner, rank = text.hidden_size, text.intermediate_size, chosen.training.lora.rank
    narrow = hidden * text.num_key_value_heads // text.num_attention_heads
    pairs = 2 * (hidden + hidden) + 2 * (hidden + narrow) + 3 * (hidden + inner)
    assert counted.learnt == text.num_hidden_layers * rank * pairs


def test_a_dry_run_describes_the_whole_training(tmp_path):
    reader, labels = draw_shards(tmp_path / "shards", clips=12)
    description = describe_training(
        write_rows(labels), 3, reader, options(), plan_batches(12, 4, 1, 1, 1)
    )
    assert "12 to learn, 3 held out" in description
    assert "3 of 4 clips: 1 process x micro-batch 1 x accumulation 4, 1 epoch" in description
    assert (
        "nothing is trained" in description and "GiB a GPU" in description and "disk" in description
    )
