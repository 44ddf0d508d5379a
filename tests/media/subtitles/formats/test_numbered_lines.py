import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.media.subtitles.cues import make_cues
from libra_emo.media.subtitles.formats.numbered_lines import read_numbered_lines


def cues(text, rate=None):
    found = read_numbered_lines(text.split("\n"), rate)
    return [(c.start_ms, c.end_ms, c.text) for c in make_cues(found.cues)]


HELLO = [(1000, 3000, "Hello there"), (4000, 5000, "Go")]


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("{1}{1}25\n{25}{75}Hello|there\n{100}{125}{y:i}Go\n", 30.0),
        ("{25}{75}Hello|there\n{100}{125}Go", 25.0),
        ("[10][30]Hello|/there\n[40][50]Go", None),
    ],
)
def test_frames_and_tenths(text, rate):
    assert cues(text, rate) == HELLO


def test_cues_without_ends_last_to_the_next():
    assert cues("00:00:01:Hello\n00:00:03:Go") == [(1000, 3000, "Hello"), (3000, 8000, "Go")]
    lyrics = "[ti:song]\n[00:01.00]Hello\n[00:03.50][00:09.00]Go <00:04.00>on\n"
    assert cues(lyrics) == [(1000, 3500, "Hello"), (3500, 8500, "Go on"), (9000, 14_000, "Go on")]


def test_odd_line_costs_itself_alone():
    found = read_numbered_lines(["[10][30]Hello", "odd", "[40][50]Go"])
    assert len(found.cues) == 2
    assert "line 2" in found.problems[0]


@given(st.text("{}[]0123456789:.|ab\n", max_size=200))
def test_nothing_raises(text):
    make_cues(read_numbered_lines(text.split("\n"), 25.0).cues)
