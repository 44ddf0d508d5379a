"""Memory besides the step's tensors: weights, sums of gradients, buffers, clips that wait."""

import pytest

from libra_emo.students.multimodal.training.batches import plan_batches
from libra_emo.students.multimodal.training.memory import (
    GIB,
    Lengths,
    Weights,
    bucket_elements,
    estimate_memory,
    estimate_shared_memory,
)
from libra_emo.students.options.fine_tuning import FineTuningOptions

LARGE = Weights(7_940_000_000, 40_370_176, 28, 3584, 18_944, 151_674, 512)
PIXELS = 16 * 3 * 448 * 448  # a clip of 16 frames as bytes


def test_eight_gpus_wait_for_a_quarter_of_what_numbers_would_take():
    """Four loaders each, four micro-batches of four clips: 18.4 GiB as float32, 4.6 as bytes."""
    tuning = FineTuningOptions(micro_batch_clips=4)
    batches = plan_batches(1000, 128, 4, 8, 1)
    for size, wanted in ((4 * PIXELS, 18.4), (PIXELS, 4.6)):
        lengths = Lengths(4300.0, 4400, 4096.0, 60.0, 12, size)
        assert estimate_shared_memory(lengths, tuning, batches, 8) == pytest.approx(wanted, 0.01)
    alone = FineTuningOptions(loader_workers=0)
    assert estimate_shared_memory(lengths, alone, batches, 8) == 0


def test_a_count_takes_the_place_of_the_formula():
    tuning, batches = FineTuningOptions(), plan_batches(1000, 128, 2, 8, 1)
    lengths = Lengths(4300.0, 4400, 4096.0, 60.0, 12)
    found = estimate_memory(LARGE, lengths, tuning, batches, counted=3 * GIB)
    assert found["activations"] == 3
    sums = 4 * LARGE.learnt / 8  # in float32, a share of each GPU
    assert found["gradients"] * GIB == pytest.approx(sums + 4 * bucket_elements(tuning))
