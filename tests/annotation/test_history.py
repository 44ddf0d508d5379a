from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest
from support.ballots import ballots, dated

from libra_emo.annotation.history import new_rows, utc_text

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
TEXT = "2025-03-01T12:00:00.000000+00:00"


@pytest.mark.parametrize(
    "moment",
    [NOW, NOW.replace(tzinfo=None), NOW.astimezone(timezone(timedelta(hours=8)))],
)
def test_times_are_written_in_utc(moment):
    assert utc_text(moment) == TEXT


def test_an_undated_vote_is_new_unless_it_repeats_the_latest_answer():
    history = dated(ballots("x", c="happy"), "2025-02-01T00:00:00+00:00")
    assert new_rows(ballots("x", c="happy"), history, TEXT) == []
    rows = new_rows(ballots("x", c="sad"), history, TEXT)
    assert [(row["label"], row["voted_at"]) for row in rows] == [("sad", TEXT)]


def test_a_dated_vote_is_new_unless_it_is_in_the_history():
    history = dated(ballots("x", c="happy"), TEXT)
    other_zone = dated(ballots("x", c="happy"), "2025-03-01T13:00:00+01:00")
    later = dated(ballots("x", c="happy"), "2025-03-02T00:00:00+00:00")
    assert new_rows(other_zone, history, TEXT) == []
    assert len(new_rows(pd.concat([later, later]), history, TEXT)) == 1
