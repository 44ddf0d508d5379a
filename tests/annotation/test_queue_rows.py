from dataclasses import replace

import pandas as pd
import pytest
from support.ballots import ballots

from libra_emo.annotation.campaigns import CampaignError
from libra_emo.annotation.queue_rows import QueueRow, make_queue, mark_reasons, tabulate_rows


def test_a_queue_is_made_of_ids_rows_or_a_table():
    assert make_queue(["c1"]) == [QueueRow("c1", "selected", 1.0, None)]
    table = pd.DataFrame(
        {
            "clip_id": ["c1", "c2"],
            "confidence": [0.3, None],
            "reason": ["audit", None],
            "inclusion_probability": [0.02, None],
            "draw_seed": pd.array([2**40, None], "Int64"),
        }
    )
    rows = make_queue(table)
    assert rows == [QueueRow("c1", "audit", 0.02, 2**40), QueueRow("c2")]
    assert make_queue(rows) == rows
    assert make_queue(tabulate_rows(rows)) == rows
    for wrong in ({"reason": "guess"}, {"inclusion_probability": 0.0}):
        with pytest.raises(CampaignError):
            QueueRow("c1", **wrong)


def test_votes_are_marked_by_the_reason_of_their_clip():
    votes = ballots("round_1", c1="sad", c2="happy")
    queue = tabulate_rows([QueueRow("c1"), QueueRow("c2", "audit", 0.1, 7)])
    assert mark_reasons(votes, queue)["reason"].tolist() == ["selected", "audit"]
    assert "reason" not in votes


def test_the_store_keeps_why_each_clip_is_asked(store, rounds):
    rows = [QueueRow("c1"), QueueRow("c2", "audit", 0.1, 2**60)]
    store.open_campaign(rounds, rows)
    assert store.queue("round_1") == rows
    with pytest.raises(CampaignError, match="of kind labels; choose another name"):
        store.open_campaign(replace(rounds, kind="training"), rows)
