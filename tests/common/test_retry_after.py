from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from libra_emo.common.retry_after import read_retry_after


@pytest.mark.parametrize(("value", "seconds"), [("7", 7.0), ("0.5", 0.5), ("-3", 0.0)])
def test_seconds_are_never_below_zero(value, seconds):
    assert read_retry_after(value) == seconds


def test_a_date_is_the_time_until_then():
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert read_retry_after(soon) == pytest.approx(30, abs=3)
    assert read_retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0


@pytest.mark.parametrize("value", ["soon", "", "32 Foo 2030"])
def test_what_cannot_be_read_asks_for_nothing(value):
    assert read_retry_after(value) is None
