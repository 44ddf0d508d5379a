import os
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.drawn_films import SHARED

from libra_emo.media.subtitles.cues import SubtitleError, make_cues
from libra_emo.media.subtitles.files import read_subtitle, read_subtitle_file
from libra_emo.media.subtitles.formats.rare import RARE_FORMATS

CASES = SHARED.parent / "cases" / "media"
ENDINGS = [".srt", ".vtt", ".ass", ".ttml", ".srv3", ".json3", ".smi", ".sub", ".lrc", ".txt"]
SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello there\n\n2\n00:00:02,500 --> 00:00:04,000\nGo away\n"
VTT = "WEBVTT\n\n1\n00:01.000 --> 00:02.000 align:start\n<c>Hello</c> there\n\nNOTE x\n"
ASS = (
    "[Script Info]\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, "
    "Effect, Text\nDialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,{\\i1}Hello\\Nthere\n"
)
TTML = '<tt><body><p begin="1s" end="2s">Hello<br/>there</p></body></tt>'
SRV3 = '<timedtext format="3"><body><p t="1000" d="1000">Hello there</p></body></timedtext>'
JSON3 = '{"events":[{"tStartMs":1000,"dDurationMs":1000,"segs":[{"utf8":"Hello there"}]}]}'
SAMI = "<SAMI><BODY><SYNC Start=1000><P>Hello there<SYNC Start=2000><P>&nbsp;</SAMI>"
SEEDS = [SRT, VTT, ASS, TTML, SRV3, JSON3, SAMI, "{25}{50}Hello there\n", "[00:01.00]Hello there\n"]
ODD = ["\x00", "\ufeff", "\r", "-->", "[", "♪", "<a ", "{", "\n\n", "&#9", "<!--", "\u2028", "1\n"]


def words(path):
    return [cue.text for cue in make_cues(read_subtitle_file(path))]


def write(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("content", [VTT, ASS, TTML, SRV3, SAMI])
@pytest.mark.parametrize("ending", [".srt", ".vtt", ".txt", ".sub"])
def test_format_that_cannot_be_mistaken_is_read_under_any_ending(tmp_path, ending, content):
    assert words(write(tmp_path, f"film{ending}", content)) == ["Hello there"]


@pytest.mark.parametrize(
    "content",
    [
        SRT.encode() + b"\x00" * 63,
        SRT.replace("Hello", "Hel\x00lo").encode(),
        b"\xef\xbb\xbf\xef\xbb\xbf" + SRT.encode(),
        SRT.replace("\n\n", "\n\n\ufeff").encode(),
        SRT.replace("\n", "\r\r\n").encode(),
        SRT.replace("\n", "\r").encode(),
        SRT.replace("\n", "\u2028").encode(),
        SRT.encode("utf-16"),
        SRT.encode("utf-16-be"),
        SRT.encode("utf-16") + b"\x00",
        b"\n\n\n" + SRT.encode(),
        SRT.encode().rstrip(),
    ],
)
def test_odd_bytes_and_line_ends_lose_no_cue(tmp_path, content):
    assert words(write(tmp_path, "film.srt", content)) == ["Hello there", "Go away"]


def test_mark_of_another_encoding_than_the_text_is_ignored(tmp_path):
    text = SRT.replace("Hello there", "你好，今天天气很好，我不知道你在说什么。")
    path = write(tmp_path, "film.srt", b"\xef\xbb\xbf" + text.encode("gbk"))
    assert words(path)[0] == "你好，今天天气很好，我不知道你在说什么。"


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_regular_file_is_never_opened(tmp_path, kind):
    path = tmp_path / "film.srt"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()
    with pytest.raises(SubtitleError, match=r"film\.srt: .* not a regular file"):
        read_subtitle(path)


HOSTILE = [
    "1\n00:00:01,000 --> 00:00:02,000\n" + "[" * 300_000,
    "1\n00:00:01,000 --> 00:00:02,000\n" + "[(" * 1400,
    ("1\n00:00:01,000 --> 00:00:02,000\n" + "[]()" * 600 + "\n\n") * 100,
    "1\n00:00:01,000 --> 00:00:02,000\n" + "<a " * 40_000,
    "1\n00:00:01,000 --> 00:00:02,000\n" + "{" * 300_000,
    "1\n00:00:01,000 --> 00:00:02,000\n" + "&#" + "9" * 100_000 + ";",
    "1\n00:00:01,000 --> 00:00:02,000\n" + "♪\n" * 100_000,
    "1 -->\n" * 60_000,
    "00:00:01,000 --> 00:00:02,000\n\n" * 60_000,
    " " * 2_000_000,
    "0" * 2_000_000,
    "00:" * 500_000,
    ASS + "Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,," + "{\\" * 300_000,
    TTML.replace("Hello", "<span>" * 100_000),
    "<tt>" * 300_000,
    "[00:01.00]" * 100_000,
]


@pytest.mark.parametrize("ending", [".srt", ".vtt"])
@pytest.mark.parametrize("content", HOSTILE, ids=lambda text: text[-20:].strip())
def test_hostile_text_takes_little_time(tmp_path, ending, content):
    path = write(tmp_path, f"film{ending}", content)
    begin = time.process_time()
    try:
        make_cues(read_subtitle(path).cues)
    except SubtitleError:
        pass
    assert time.process_time() - begin < 20


@st.composite
def mutated(draw):
    """Return a subtitle whose bytes are cut, doubled or changed in places."""
    content = bytearray(draw(st.sampled_from(SEEDS)).encode() * draw(st.integers(1, 3)))
    for _ in range(draw(st.integers(1, 5))):
        place = draw(st.integers(0, max(0, len(content) - 1)))
        kind = draw(st.sampled_from(["cut", "byte", "odd", "double"]))
        if kind == "cut":
            del content[place : place + draw(st.integers(1, 40))]
        elif kind == "byte":
            content[place : place + 1] = bytes([draw(st.integers(0, 255))])
        elif kind == "odd":
            content[place:place] = draw(st.sampled_from(ODD)).encode() * draw(st.integers(1, 9))
        else:
            content[place:place] = content[: draw(st.integers(1, 60))]
    return bytes(content)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(mutated(), st.sampled_from([*ENDINGS, *RARE_FORMATS]))
def test_any_change_of_bytes_gives_cues_or_a_reason(tmp_path, content, ending):
    path = write(tmp_path, f"film{ending}", content)
    try:
        found = read_subtitle(path)
    except SubtitleError as error:
        assert str(error).startswith(f"film{ending}: ")
        return
    for cue in make_cues(found.cues):
        assert cue.start_ms < cue.end_ms
        assert "-->" not in cue.text or ending not in (".srt", ".vtt")
        assert "\x00" not in cue.text


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")
@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("clock_line.srt", ["10:15:30: the bomb went off", "Go away now"]),
        ("colon_all.srt", ["Hello there", "Go away now"]),
        ("colon_one.srt", ["Hello there", "Go away now"]),
        ("comma_one.vtt", ["Hello there", "Go away now"]),
        ("long_cue.srt", ["Hello there"]),
        ("music_then_speech.srt", ["What are you doing?", "STEPHEN: Get down!"]),
        ("no_hours.srt", ["Hello there", "Go away now"]),
        ("no_ms.srt", ["I also enjoy it.", "We are blessed."]),
        ("nul_end.srt", ["Hello there", "Go away now"]),
        ("nul_in.srt", ["Hello there", "Go away now"]),
        ("num_last_cue.srt", ["Hello there", "The year is 1984"]),
        ("num_last_line_vtt.vtt", ["He was born in 1984", "And the answer is 42", "fine"]),
        ("num_noindex.srt", ["We count 3", "down to 2", "and 1"]),
        ("number_lines.vtt", ["He was born in 1984", "and he is 42"]),
        ("spaces_in_time.srt", ["Hello there", "Go away now"]),
    ],
)
def test_cases(name, spoken):
    assert words(CASES / name) == spoken
