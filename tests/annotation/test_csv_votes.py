from datetime import UTC, datetime

import pandas as pd
import pytest
from support.ballots import VOTERS

from libra_emo.annotation.csv_votes import (
    VOTE_COLUMNS,
    OpenCampaign,
    import_votes,
    read_votes_csv,
)
from libra_emo.annotation.store import VoteStore

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)

FILE = """\
campaign,clip_id,annotator,label,voted_at,seconds
round_1,c1,anna,happy,2025-02-01T09:00:00+01:00,4.5
round_1,c1,ben,sad,,
round_1.adjudication,c2,zoe,other,2025-02-02,
"""


@pytest.fixture
def campaigns(rounds):
    return {
        "round_1": OpenCampaign(rounds, {"c1", "c2"}),
        "round_1.adjudication": OpenCampaign(rounds.adjudication, {"c2"}),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_votes_of_a_file(tmp_path, campaigns, encoding):
    path = tmp_path / "votes.csv"
    path.write_text(FILE, encoding=encoding)
    votes, rejections = read_votes_csv(path, campaigns)
    assert rejections.empty
    votes = votes[list(VOTE_COLUMNS)]
    rows = votes.astype(object).where(votes.notna(), None).to_numpy().tolist()
    assert rows == [
        ["round_1", "c1", "anna", "happy", "2025-02-01T08:00:00.000000+00:00", 4.5],
        ["round_1", "c1", "ben", "sad", None, None],
        ["round_1.adjudication", "c2", "zoe", "other", "2025-02-02T00:00:00.000000", None],
    ]


def test_the_campaign_may_be_given_once_for_all_rows(tmp_path, campaigns):
    path = tmp_path / "votes.csv"
    path.write_text("label, annotator ,clip_id\nhappy,anna,c1\n", encoding="utf-8")
    votes, rejections = read_votes_csv(path, campaigns, campaign="round_1")
    assert rejections.empty
    assert votes["campaign"].tolist() == ["round_1"]


def test_import_puts_the_good_rows_into_the_store_and_reports_the_others(tmp_path, rounds):
    store = VoteStore(f"sqlite:///{tmp_path}/votes.db")
    store.add_annotators(VOTERS, NOW)
    store.open_campaign(rounds, ["c1"])
    path = tmp_path / "votes.csv"
    path.write_text("clip_id,annotator,label\nc1,anna,happy\nc1,ben,bored\n", encoding="utf-8")
    first = import_votes(store, path, NOW, campaign="round_1")
    assert (first.added, first.known) == (1, 0)
    assert first.rejections["line"].tolist() == [3]
    again = import_votes(store, path, NOW.replace(hour=13), campaign="round_1")
    assert (again.added, again.known) == (0, 1)
    votes = store.votes("round_1")
    assert votes["received_at"].tolist() == ["2025-03-01T12:00:00.000000+00:00"]
    assert votes["voted_at"].isna().all()


def test_rejections_are_a_table_of_lines_and_reasons(tmp_path, campaigns):
    path = tmp_path / "votes.csv"
    path.write_text(FILE, encoding="utf-8")
    _, rejections = read_votes_csv(path, campaigns)
    pd.testing.assert_index_equal(rejections.columns, pd.Index(["line", "reason"]))
