import pandas as pd
import pytest

from libra_emo.pipelines.active_learning.query_strategy import query_by_disagreement


def labels(**origin):
    return pd.DataFrame(
        {
            "clip_id": ["c", "a", "b"],
            "label": ["sad", "angry", "happy"],
            "origin": [origin.get(clip, "machine") for clip in "cab"],
            "support": 2,
            "votes": 3,
            "round": 0,
        }
    )


def predictions(**predicted):
    return pd.DataFrame(
        {"clip_id": list(predicted), "predicted": list(predicted.values()), "confidence": 0.5}
    )


def test_only_clips_that_differ_are_queued_in_order():
    queue = query_by_disagreement(
        labels(), predictions(a="sad", b="happy", c="angry"), protect_people_labels=False
    )
    assert queue["clip_id"].tolist() == ["a", "c"]
    assert queue["current_label"].tolist() == ["angry", "sad"]
    assert queue["predicted"].tolist() == ["sad", "angry"]


def test_no_difference_gives_an_empty_queue_with_its_columns():
    queue = query_by_disagreement(
        labels(), predictions(a="angry", b="happy", c="sad"), protect_people_labels=False
    )
    assert len(queue) == 0
    assert list(queue.columns) == ["clip_id", "current_label", "predicted", "confidence"]


def test_what_the_student_could_not_read_is_asked():
    queue = query_by_disagreement(
        labels(), predictions(a="angry", b=None, c="sad"), protect_people_labels=False
    )
    assert queue["clip_id"].tolist() == ["b"]


def test_labels_of_people_are_protected_on_demand():
    predicted = predictions(a="sad", b="sad", c="angry")
    queue = query_by_disagreement(labels(a="people"), predicted, protect_people_labels=True)
    assert queue["clip_id"].tolist() == ["b", "c"]


def test_a_clip_without_prediction_is_an_error():
    with pytest.raises(ValueError, match="first c"):
        query_by_disagreement(labels(), predictions(a="sad", b="sad"), protect_people_labels=False)
