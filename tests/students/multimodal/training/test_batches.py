from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.students import StudentError
from libra_emo.students.multimodal.training.batches import (
    FILLER,
    order_epoch,
    order_training,
    plan_batches,
)


def test_the_papers_epoch_has_482_steps():
    batches = plan_batches(61_625, 128, 4, 32, 1)
    assert (batches.steps, batches.accumulation, batches.batch_clips) == (482, 1, 128)
    assert batches.warmup_steps(0.03) == 15


def test_a_single_update_learns_something():
    """Warming up, it would be made with a learning rate of 0."""
    assert plan_batches(4, 128, 4, 1, 1).warmup_steps(0.03) == 0
    assert plan_batches(4, 4, 4, 1, 2).warmup_steps(0.03) == 1


@pytest.mark.parametrize(
    ("micro", "processes", "accumulation"), [(1, 1, 128), (2, 8, 8), (4, 8, 4)]
)
def test_accumulation_follows_from_the_processes(micro, processes, accumulation):
    assert plan_batches(1000, 128, micro, processes, 1).accumulation == accumulation


def test_a_batch_that_does_not_divide_says_what_would():
    with pytest.raises(StudentError, match=r"128 clips do not divide.*120 or 132 clips"):
        plan_batches(1000, 128, 4, 3, 1)


def test_a_batch_below_what_all_processes_hold_says_what_would():
    with pytest.raises(StudentError, match=r"16 clips do not divide.* take 32 clips"):
        plan_batches(1000, 16, 4, 8, 1)


def test_no_clips_are_an_error():
    with pytest.raises(StudentError, match="no clips"):
        plan_batches(0, 8, 1, 1, 1)


@given(st.integers(1, 5000), st.integers(1, 8), st.integers(1, 8), st.integers(1, 4))
def test_steps_take_all_clips_and_less_than_one_batch_more(clips, micro, processes, times):
    batches = plan_batches(clips, micro * processes * times, micro, processes, 2)
    taken = batches.steps_per_epoch * batches.batch_clips
    assert clips <= taken < clips + batches.batch_clips
    assert batches.accumulation == times


@given(st.integers(1, 200), st.integers(1, 16), st.integers(0, 5))
def test_an_epoch_takes_every_clip_once_and_fills_up(clips, batch, seed):
    order = order_epoch(["sad"] * clips, seed, 0, batch)
    assert sorted(order[order != FILLER]) == list(range(clips))
    assert len(order) % batch == 0
    assert (order[: clips - clips % batch] != FILLER).all()


def test_epochs_and_seeds_differ_and_repeat():
    labels = ["sad"] * 50
    assert (order_epoch(labels, 1, 0, 5) == order_epoch(labels, 1, 0, 5)).all()
    assert (order_epoch(labels, 1, 0, 5) != order_epoch(labels, 1, 1, 5)).any()
    assert (order_epoch(labels, 1, 0, 5) != order_epoch(labels, 2, 0, 5)).any()
    both = order_training(labels, 1, 2, 5)
    assert (both == np.concatenate([order_epoch(labels, 1, n, 5) for n in (0, 1)])).all()


def test_balance_draws_rare_labels_as_often_as_common_ones():
    labels = ["neutral"] * 9000 + ["disgusted"] * 1000
    even = Counter(labels[place] for place in order_epoch(labels, 3, 0, 100, 1.0))
    assert abs(even["disgusted"] / 10_000 - 0.5) < 0.03
    half = Counter(labels[place] for place in order_epoch(labels, 3, 0, 100, 0.5))
    assert abs(half["disgusted"] / 10_000 - 0.25) < 0.03  # sqrt(1000) of sqrt(1000) + sqrt(9000)
