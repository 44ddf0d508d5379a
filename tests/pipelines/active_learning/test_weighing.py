import pandas as pd
from support.loop_round import make_round
from support.rounds import round_report

from libra_emo.pipelines.active_learning import weighing
from libra_emo.schemas import LabelChanges, Predictions, empty


def test_soft_labels_are_shares_beside_every_hard_label():
    done = make_round().run()
    assert set(done.soft_labels["clip_id"]) == set(done.labels["clip_id"])
    shares = done.soft_labels.drop(columns="clip_id")
    assert list(shares) == [f"p_{label}" for label in done.taxonomy.labels]
    assert abs(shares.sum(axis=1) - 1).max() < 1e-4
    own = [row[f"p_{label}"] for (_, row), label in zip(
        done.soft_labels.iterrows(), done.labels["label"], strict=True)]  # fmt: skip
    assert abs(done.posterior["probability"] - own).max() < 1e-5


def test_each_change_has_a_row_with_its_reason():
    done = make_round().run()
    joined = done.labels_before.merge(done.labels, on="clip_id", suffixes=("_old", "_new"))
    differing = joined[joined["label_old"] != joined["label_new"]]
    changes = done.changes[done.changes["reason"] == "votes"]
    assert changes["clip_id"].tolist() == differing["clip_id"].tolist() and len(changes)
    assert set(changes["decided_by"]) == {"simulated"} and set(changes["round"]) == {1}
    history = weighing.join_label_changes(empty(LabelChanges), done.changes, done.changes)
    assert len(history) == 2 * len(done.changes)
    assert weighing.join_label_changes(empty(LabelChanges)).empty


def test_a_round_after_the_stop_passes_its_tables_on():
    done = make_round()
    done.report_before = round_report(0, saturated=True)
    done.predictions = empty(Predictions)
    done.run()
    pd.testing.assert_frame_equal(done.soft_labels, done.soft_labels_before)
    pd.testing.assert_frame_equal(done.posterior, done.posterior_before)
    assert done.queue.empty and done.human_votes.empty and done.changes.empty


def test_the_same_tables_come_out_of_votes_in_any_order():
    once, again = make_round().run(), make_round().select().ask()
    again.human_votes = again.human_votes.sample(frac=1, random_state=1)
    again.label()
    pd.testing.assert_frame_equal(once.soft_labels, again.soft_labels)
