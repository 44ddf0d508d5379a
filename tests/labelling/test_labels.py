import numpy as np
import pandas as pd
import pytest

from libra_emo.labelling.labels import is_settled, label_changes, release_labels, soft_labels
from libra_emo.labelling.votes import LabellingError


def test_settled_labels_stay_until_somebody_answers():
    shares = np.array([[0.1, 0.9], [0.1, 0.9], [0.1, 0.9]])
    previous = np.array([0, 0, 0])
    settled, answered = np.array([True, True, False]), np.array([False, True, False])
    labels = release_labels(shares, np.ones(2), previous, settled, answered)
    assert labels.tolist() == [0, 1, 1]


def test_two_people_and_the_target_settle_a_label():
    shares = np.array([[0.95, 0.05], [0.95, 0.05], [0.6, 0.4]])
    settled = is_settled(shares, np.array([0, 0, 0]), np.array([2, 1, 5]), 0.9)
    assert settled.tolist() == [True, False, False]


def test_soft_labels_are_a_table_by_clip():
    table = soft_labels(["b", "a"], np.array([[0.2, 0.8], [0.7, 0.3]]), ["sad", "happy"])
    assert table.columns.tolist() == ["clip_id", "p_sad", "p_happy"]
    assert table["clip_id"].tolist() == ["a", "b"]
    assert table["p_sad"].tolist() == [0.7, 0.2]
    with pytest.raises(LabellingError, match="2 clips with 1 labels"):
        soft_labels(["b", "a"], np.ones((2, 2)), ["sad"])


def test_every_change_has_a_row_with_its_reason():
    before = pd.DataFrame({"clip_id": ["a", "b", "c", "d"], "label": ["sad"] * 4})
    after = pd.DataFrame(
        {"clip_id": ["a", "b", "c", "e"], "label": ["sad", "happy", "angry", "sad"]}
    )
    rows = label_changes(before, after, ["b", "d"], round_number=2, people="people")
    assert rows.columns.tolist() == [
        "clip_id", "round", "old_label", "new_label", "reason", "decided_by",
    ]  # fmt: skip
    by_clip = rows.set_index("clip_id")
    assert by_clip["reason"].to_dict() == {
        "b": "votes", "c": "posterior", "d": "dropped", "e": "first",
    }  # fmt: skip
    assert by_clip["decided_by"].to_dict() == {
        "b": "people", "c": "machine", "d": "people", "e": "machine",
    }  # fmt: skip
    assert set(rows["round"]) == {2}
