import pandas as pd
import pytest

from libra_emo.evaluation.label_quality import measure_label_quality


def make_labels(labels, origins=None, number=0):
    return pd.DataFrame(
        {
            "clip_id": list(labels),
            "label": list(labels.values()),
            "origin": origins or "machine",
            "support": 2,
            "votes": 3,
            "round": number,
        }
    )


TRUTH = pd.DataFrame({"clip_id": list("abcde"), "label": ["sad", "sad", "angry", "angry", "happy"]})
FIRST = {"a": "sad", "b": "angry", "c": "angry", "d": "sad"}


def test_right_fixed_and_broken_labels_are_counted():
    second = {"a": "happy", "b": "sad", "c": "angry", "d": "happy", "e": "happy"}
    found = measure_label_quality({0: make_labels(FIRST), 1: make_labels(second)}, TRUTH)
    assert found["correct"].tolist() == [2, 3]
    assert found["accuracy"].tolist() == [0.5, 0.6]
    assert found["fixed"].isna().tolist() == [True, False]
    assert (found["fixed"][1], found["broken"][1]) == (2, 1)  # b and the new e; a


def test_the_interval_is_wilsons():
    found = measure_label_quality({0: make_labels(FIRST)}, TRUTH).iloc[0]
    assert (found["accuracy_low"], found["accuracy_high"]) == pytest.approx(
        (0.150, 0.850), abs=1e-3
    )


def test_a_round_that_passes_everything_through_changes_nothing():
    rounds = {0: make_labels(FIRST), 1: make_labels(FIRST, number=0)}
    found = measure_label_quality(rounds, TRUTH)
    assert (found["fixed"][1], found["broken"][1]) == (0, 0)
    assert found["accuracy"].nunique() == 1


def test_origins_add_up():
    labels = make_labels(FIRST, ["machine", "machine", "people", "simulated"])
    found = measure_label_quality({0: labels}, TRUTH).iloc[0]
    shares = found[["share_machine", "share_people", "share_adjudicated", "share_simulated"]]
    assert shares.tolist() == [0.5, 0.25, 0.0, 0.25]


def test_clips_of_unknown_truth_are_not_judged():
    found = measure_label_quality({0: make_labels(FIRST)}, TRUTH.iloc[:1]).iloc[0]
    assert (found["labelled"], found["known"], found["accuracy"]) == (4, 1, 1.0)


def test_without_any_truth_the_accuracy_is_unknown():
    found = measure_label_quality({0: make_labels(FIRST), 1: make_labels(FIRST)}, TRUTH.iloc[:0])
    assert found["accuracy"].isna().all()
    assert found["known"].tolist() == [0, 0]
    assert found["fixed"][1] == 0


def test_no_labels_at_all():
    found = measure_label_quality({0: make_labels({})}, TRUTH).iloc[0]
    assert found["labelled"] == 0
    assert pd.isna(found["share_machine"])
