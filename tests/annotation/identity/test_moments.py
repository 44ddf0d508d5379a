from datetime import UTC, datetime, timedelta, timezone

import pytest

from libra_emo.annotation.identity.moments import sender_text, utc_text

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
TEXT = "2025-03-01T12:00:00.000000+00:00"


@pytest.mark.parametrize(
    "moment",
    [NOW, NOW.replace(tzinfo=None), NOW.astimezone(timezone(timedelta(hours=8)))],
)
def test_times_are_written_in_utc(moment):
    assert utc_text(moment) == TEXT


def test_a_senders_time_without_a_zone_stays_without():
    assert sender_text(NOW.astimezone(timezone(timedelta(hours=8)))) == TEXT
    assert sender_text(NOW.replace(tzinfo=None)) == "2025-03-01T12:00:00.000000"
