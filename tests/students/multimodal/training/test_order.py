from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.students.multimodal.training.order import FILLER, order_epoch, order_training


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
