import math

import pytest

from libra_emo.evaluation.metrics import (
    METRICS,
    EvaluationError,
    confusion,
    per_class,
    score,
    uar_war,
)
from libra_emo.schemas import TableError
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()


def test_an_unreadable_answer_is_wrong_and_not_neutral():
    found = score(["neutral", "neutral"], [None, "neutral"], TAXONOMY)
    assert found["accuracy"] == 0.5
    assert found["unreadable"] == 0.5
    assert found["macro_f1"] == pytest.approx(2 / 3)  # one hit, two truths, one answer
    classes = per_class(["neutral", "neutral"], [float("nan"), "neutral"], TAXONOMY)
    assert classes.set_index("label").loc["neutral", "predictions"] == 1


def test_nothing_readable_scores_zero():
    found = score(["sad", "happy"], [None, None], TAXONOMY)
    assert [found[name] for name in METRICS] == [0.0] * 6
    assert found["unreadable"] == 1.0


def test_a_negative_clip_called_happy_is_wrong_among_the_negatives_without_a_class_more():
    found = score(["sad", "angry"], ["sad", "happy"], TAXONOMY)
    assert found["negative_accuracy"] == 0.5
    assert found["negative_macro_f1"] == 1 / 8  # of the eight, not of happy
    assert found["macro_f1"] == pytest.approx(1 / 3)


def test_positive_clips_called_negative_leave_the_negative_scores_alone():
    found = score(["sad", "happy"], ["sad", "sad"], TAXONOMY)
    assert found["negative_macro_f1"] == 1 / 8
    assert found["negative_weighted_f1"] == 1.0


def test_without_negative_clips_their_scores_are_unknown():
    found = score(["happy"], ["happy"], TAXONOMY)
    assert math.isnan(found["negative_accuracy"]) and math.isnan(found["negative_macro_f1"])


def test_no_clip_at_all_is_unknown():
    assert all(math.isnan(value) for value in score([], [], TAXONOMY).values())
    assert confusion([], [], TAXONOMY).to_numpy().sum() == 0


def test_what_cannot_be_scored_is_said():
    with pytest.raises(EvaluationError, match="1 truths and 0 predictions"):
        score(["sad"], [], TAXONOMY)
    with pytest.raises(EvaluationError, match="without a true label"):
        score([None], ["sad"], TAXONOMY)
    with pytest.raises(TableError, match="predicted: 'gloomy'"):
        score(["sad"], ["gloomy"], TAXONOMY)
    with pytest.raises(TableError, match="truth: 'other'"):
        score(["other"], ["sad"], TAXONOMY)


def test_classes_without_samples_are_no_part_of_uar():
    assert uar_war((1, 0), (2, 0)) == (0.5, 0.5)
    assert all(math.isnan(value) for value in uar_war((0,), (0,)))
