import pandas as pd
import pytest
from support.loop_round import make_round

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


@pytest.mark.parametrize("strategy", ["expected_gain", "selective_risk", "random"])
def test_every_strategy_asks_about_as_many_clips_as_a_round_may(strategy):
    ready = make_round(query_strategy=strategy, clips_per_round=7).select()
    assert len(ready.queue) == 7 and ready.queue["clip_id"].is_monotonic_increasing
    labels = ready.labels_before.set_index("clip_id")["label"]
    assert ready.queue["current_label"].tolist() == labels[ready.queue["clip_id"]].tolist()
    again = make_round(query_strategy=strategy, clips_per_round=7).select()
    pd.testing.assert_frame_equal(ready.queue, again.queue)


def test_strategies_choose_other_clips_and_by_what_is_known():
    queues = {
        name: set(make_round(query_strategy=name, clips_per_round=9).select().queue["clip_id"])
        for name in ("disagreement", "expected_gain", "selective_risk", "random")
    }
    assert len({frozenset(queue) for queue in queues.values()}) == 4
    every = set(make_round().select().queue["clip_id"])
    assert queues["disagreement"] < every
    ready = make_round(query_strategy="selective_risk", clips_per_round=9)
    risk = 1 - ready.posterior_before.set_index("clip_id")["probability"]
    assert risk[sorted(queues["selective_risk"])].mean() > risk[sorted(queues["random"])].mean()


def test_labels_of_people_are_protected_under_every_strategy():
    ready = make_round(query_strategy="random", protect_people_labels=True)
    people = ready.labels_before["clip_id"].isin(ready.labels_before["clip_id"].iloc[:9])
    ready.labels_before["origin"] = people.map({True: "people", False: "machine"})
    queue = ready.select().queue
    assert len(queue) and not queue["clip_id"].isin(ready.labels_before["clip_id"].iloc[:9]).any()
