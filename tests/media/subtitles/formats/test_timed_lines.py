import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.media.subtitles.cues import make_cues
from libra_emo.media.subtitles.formats.timed_lines import read_timed_lines

T1 = "00:00:01,000 --> 00:00:02,000"
T2 = "00:00:03,000 --> 00:00:04,000"
T3 = "00:00:05,000 --> 00:00:06,000"


def words(text, is_vtt=False):
    return [cue.text for cue in make_cues(read_timed_lines(text.split("\n"), is_vtt).cues)]


SRT = [
    (f"1\n{T1}\n10:15:30: the bomb\n\n2\n{T2}\nGo", ["10:15:30: the bomb", "Go"]),
    (f"1\n{T1}\nThe year is\n1984\n\n2\n{T2}\nGo", ["The year is 1984", "Go"]),
    (f"1\n{T1}\nGo\n\n2\n{T2}\nThe year is\n1984", ["Go", "The year is 1984"]),
    (
        f"{T1}\nWe count\n3\n\n{T2}\ndown to\n2\n\n{T3}\nand\n1",
        ["We count 3", "down to 2", "and 1"],
    ),
    (f"1\n{T1}\nHi\n2\n{T2}\nGo\n3\n{T3}\n1984", ["Hi", "Go", "1984"]),
    (f"1\n\n{T1}\n\nHi\n\n2\n\n{T2}\n\nGo\n\n3\n\n{T3}\n\nOn", ["Hi", "Go", "On"]),
    (f"1\n{T1}\nHi\n\nthere\n\n2\n{T2}\nGo", ["Hi there", "Go"]),
    (f"7\n{T1}\nHi\n\n9\n{T2}\nGo", ["Hi", "Go"]),
    (f"1.\n{T1}\nHi\n\n2.\n{T2}\nGo", ["Hi", "Go"]),
    (f"{T1}\n\n{T2}\nGo", ["Go"]),
    (f"1\n{T1}\nHi\nsee --> there\n\n2\n{T2}\nGo", ["Hi", "Go"]),
]
VTT = [
    (f"WEBVTT\n\n{T1}\nHe was born in\n1984\n\n{T2}\n42\n\n{T3}\nfine", [
        "He was born in 1984", "42", "fine"]),
    (f"WEBVTT\n\n{T1}\nHe was born in\n\n1984\n\n{T2}\nGo", ["He was born in 1984", "Go"]),
    (f"WEBVTT\n\nfirst\n{T1}\nHi\n\nsecond one\n{T2}\nGo", ["Hi", "Go"]),
    (f"WEBVTT\n\n1\n{T1}\nHi\n\n2\n{T2}\n3", ["Hi", "3"]),
    (f"WEBVTT - title\nKind: captions\n\nNOTE\nno words\n\nSTYLE\n::cue {{}}\n\n{T1}\nHi", ["Hi"]),
    (f"WEBVTT\n{T1}\nHi", ["Hi"]),
    (f"WEBVTT\n\n{T1}\nNOTE it well\n\nNOTE {T2}\nhidden\n\n{T3}\nGo", ["NOTE it well", "Go"]),
    (f"WEBVTT\n\n{T1}\nHi\n{T2}\nGo", ["Hi", "Go"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "spoken"), SRT)
def test_words_of_srt(text, spoken):
    assert words(text) == spoken


@pytest.mark.parametrize(("text", "spoken"), VTT)
def test_words_of_webvtt(text, spoken):
    assert words(text, is_vtt=True) == spoken


@pytest.mark.parametrize(
    "line", ["00:00:03,0x0 --> 00:00:04,000", "3 --> 4", "00:00:04,000 --> 00:00:03,000"]
)
def test_broken_line_of_times_costs_its_cue_and_is_reported(line):
    found = read_timed_lines(f"1\n{T1}\nHi\n\n2\n{line}\nlost\n\n3\n{T3}\nGo".split("\n"), False)
    assert [cue.text for cue in make_cues(found.cues)] == ["Hi", "Go"]
    assert len(found.problems) == 1
    assert "line 6" in found.problems[0]
    assert line in found.problems[0]


def test_sbv_and_subviewer_have_no_arrow():
    text = "0:00:01.000,0:00:02.000\nHi[br]there\n\n0:00:03.000,0:00:04.000\nGo"
    assert words(text) == ["Hi there", "Go"]


plain = st.text(st.characters(categories=("L", "Nd", "Zs")), max_size=12).filter(
    lambda text: any(map(str.isalnum, text)) and text == text.strip()
)


@given(
    st.lists(st.lists(plain, min_size=1, max_size=3), min_size=1, max_size=6),
    st.booleans(),
    st.sampled_from(["\n", "\n\n"]),
)
def test_no_line_of_text_is_lost_and_none_is_added(cues, numbered, gap):
    blocks, times = [], []
    for number, lines in enumerate(cues):
        start, end = number * 2, number * 2 + 1
        times.append((start * 1000, end * 1000))
        head = f"{number + 1}\n" if numbered else ""
        blocks.append(f"{head}00:00:{start:02d},000 --> 00:00:{end:02d},000\n" + "\n".join(lines))
    found = read_timed_lines(("\n" + gap).join(blocks).split("\n"), False)
    assert [cue[:2] for cue in found.cues] == times
    assert [cue.text.split("\n") for cue in found.cues] == cues


@given(st.text("0123456789:,.-> \nWEBVTNO", max_size=400), st.booleans())
def test_no_text_raises_or_gives_a_line_with_an_arrow(text, is_vtt):
    found = read_timed_lines(text.split("\n"), is_vtt)
    assert not any("-->" in cue.text for cue in found.cues)
