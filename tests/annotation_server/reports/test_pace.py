import numpy as np
import pytest

from libra_emo.annotation_server.reports.pace import forecast, measure_active_seconds
from libra_emo.annotation_server.reports.vote_log import Votes, read_moments


def make_votes(person, moment, seconds=None):
    size = len(person)
    none, off = np.zeros(size, np.int32), np.zeros(size, dtype=bool)
    seconds = np.full(size, np.nan) if seconds is None else np.array(seconds, float)
    moment = np.array(moment, float)
    return Votes(none, none, np.array(person, np.int32), none, off, moment, seconds, off)


def test_a_break_counts_two_minutes_at_most():
    votes = make_votes([0, 0, 0, 1], [0, 10, 10_000, 5], [7, 1, 1, 500])
    assert measure_active_seconds(votes).tolist() == [7, 10, 120, 120]


def test_votes_come_in_any_order_and_without_times():
    votes = make_votes([0, 1, 0], [20, 3, 5])
    assert measure_active_seconds(votes).tolist() == [15, 0, 0]
    assert measure_active_seconds(make_votes([], [])).tolist() == []


def test_the_forecast_is_work_and_no_date():
    answered, active = np.array([100.0, 100, 3]), np.array([1000.0, 3000, 9000])
    found = forecast(answered, active, missing=360)
    assert found.hours == pytest.approx(2.0)
    assert found.low < found.hours < found.high
    assert forecast(np.array([9.0]), np.array([90.0]), 10).hours is None
    assert forecast(np.zeros(0), np.zeros(0), 10).hours is None


def test_times_are_read_to_the_microsecond():
    texts = [
        "1970-01-01T00:00:01.500000+00:00",
        "2025-03-01T10:00:00",
        "1970-01-01T00:00:02.000001",
    ]
    assert read_moments(texts).tolist() == [1.5, 1740823200.0, 2.000001]
    other = ["2025-03-01T12:00:00+02:00", "2025-03-01T10:00:00Z", "2025-03-01T10:00:00.000000"]
    assert read_moments(other).tolist() == [1740823200.0] * 3
    assert np.isnan(read_moments(["never"])).all()
    assert read_moments([]).tolist() == []
