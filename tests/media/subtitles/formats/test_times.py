import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.media.subtitles.formats.times import (
    is_broken_time_line,
    read_clock,
    read_time_line,
)

LINES = [
    ("00:00:01,000 --> 00:00:03,000", 1000, 3000),
    ("00:00:01.000 --> 00:00:03.000 align:start position:0%", 1000, 3000),
    ("00:00:01:500 --> 00:00:03:000", 1500, 3000),
    ("00:01,000 --> 00:03,000", 1000, 3000),
    ("00:01:500 --> 00:03:250", 1500, 3250),
    ("00:00:20 --> 00:00:24", 20_000, 24_000),
    ("0:0:1,5 --> 0:0:3,25", 1500, 3250),
    ("00: 00: 01,000 --> 00: 00: 03,000", 1000, 3000),
    ("00:00:01, 000 --> 00:00:03, 000", 1000, 3000),
    ("00:00:01,000-->00:00:03,000", 1000, 3000),
    ("00:00:01,000 -> 00:00:03,000", 1000, 3000),
    ("00:00:01,000 -- > 00:00:03,000", 1000, 3000),
    ("00:00:01,000 —> 00:00:03,000", 1000, 3000),
    ("00:00:01,000 → 00:00:03,000", 1000, 3000),
    ("00：00：01，000 --> 00：00：03，000", 1000, 3000),
    ("100:00:01,000 --> 100:00:03,000", 360_001_000, 360_003_000),
    ("-00:00:01,000 --> 00:00:03,000", -1000, 3000),
    ("0:00:01.000,0:00:03.000", 1000, 3000),
    ("00:00:01,000 00:00:03,000", 1000, 3000),
    ("00:00:01,000 --> 00:00:03,000 X1:100 X2:200", 1000, 3000),
]


@pytest.mark.parametrize(("line", "start", "end"), LINES)
def test_times_are_read_in_every_form(line, start, end):
    assert read_time_line(line) == (start, end)


@pytest.mark.parametrize(
    "line",
    [
        "10:15:30: the bomb went off",
        "From 10:15 -> 11:00 he slept",
        "10:15 -> 11:00",
        "see --> there",
        "Meet me at 10:30, or at 11:30.",
        "1984",
        "",
    ],
)
def test_text_is_no_line_of_times(line):
    assert read_time_line(line) is None


def test_broken_line_is_recognised():
    assert is_broken_time_line("00:00:02,5OO --> 00:00:04,000")
    assert is_broken_time_line("00:00:02,500")
    assert not is_broken_time_line("10:15:30: the bomb went off")
    assert not is_broken_time_line("see --> there")


@given(st.integers(0, 9999 * 3600), st.integers(0, 999), st.sampled_from(".,:"))
def test_any_time_is_read(seconds, ms, mark):
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{mark}{ms:03d}"
    assert read_clock(text) == seconds * 1000 + ms
