from hypothesis import given
from hypothesis import strategies as st

from libra_emo.media.subtitles.cues import join_cues, make_cues
from libra_emo.media.subtitles.files import read_subtitle_file
from libra_emo.media.subtitles.rolling import Caption, collapse_rolling

# as YouTube writes its automatic captions; ~ stands for a space
AUTOMATIC = """WEBVTT
Kind: captions
Language: en

00:00:00.320 --> 00:00:02.389 align:start position:0%
~
hello<00:00:00.560><c> everybody</c>

00:00:02.389 --> 00:00:02.399 align:start position:0%
hello everybody
~

00:00:02.399 --> 00:00:04.470 align:start position:0%
hello everybody
today<00:00:02.720><c> we</c><00:00:03.000><c> go</c>

00:00:04.470 --> 00:00:04.480 align:start position:0%
today we go
~

00:00:04.480 --> 00:00:06.500 align:start position:0%
today we go
[Music]

00:00:06.500 --> 00:00:06.510 align:start position:0%
[Music]
~

00:00:06.510 --> 00:00:08.000 align:start position:0%
[Music]
to<00:00:06.720><c> the</c><00:00:07.000><c> sea</c>
"""


def test_automatic_captions_say_each_line_once(tmp_path):
    path = tmp_path / "film.en.vtt"
    path.write_text(AUTOMATIC.replace("~", " "), encoding="utf-8")
    cues = make_cues(read_subtitle_file(path))
    assert join_cues(cues) == "hello everybody today we go to the sea"
    assert [(cue.start_ms, cue.end_ms) for cue in cues] == [(320, 2389), (2399, 4470), (6510, 8000)]


def test_three_lines_roll_too():
    shown = [("a",), ("a", "b"), ("a", "b", "c"), ("b", "c", "d"), ("c", "d", "e")]
    captions = [Caption(n * 1000, n * 1000 + 1000, lines) for n, lines in enumerate(shown)]
    lines = [line for caption in collapse_rolling(captions) for line in caption.lines]
    assert lines == ["a", "b", "c", "d", "e"]


def test_line_that_grows_word_by_word_is_one():
    shown = ["I", "I am", "I am here", "and you"]
    captions = [Caption(n * 500, n * 500 + 500, (text,)) for n, text in enumerate(shown)]
    assert collapse_rolling(captions) == [
        Caption(0, 1500, ("I am here",)),
        Caption(1500, 2000, ("and you",)),
    ]


def test_whoever_says_the_same_twice_has_said_it_twice():
    shown = ["No!", "No!", "Why not?", "Because.", "No!"]
    captions = [Caption(n * 1000, n * 1000 + 1000, (text,)) for n, text in enumerate(shown)]
    assert collapse_rolling(captions) == captions


def test_repeat_after_a_pause_is_none():
    shown = [(0, "a", "b"), (1000, "b", "c"), (9000, "c", "d"), (10_000, "d", "e")]
    captions = [Caption(start, start + 1000, tuple(lines)) for start, *lines in shown]
    lines = [line for caption in collapse_rolling(captions) for line in caption.lines]
    assert lines == ["a", "b", "c", "c", "d", "e"]


def test_shadow_and_outline_are_one_caption():
    captions = [Caption(0, 1000, ("a",)), Caption(0, 1000, ("a",)), Caption(500, 1200, ("a",))]
    assert collapse_rolling(captions) == [Caption(0, 1200, ("a",))]


@given(st.lists(st.text("abc", min_size=1, max_size=3), min_size=2, max_size=20, unique=True))
def test_any_text_survives_being_rolled(lines):
    shown = [tuple(lines[max(0, n - 1) : n + 1]) for n in range(len(lines))]
    captions = [Caption(n * 100, n * 100 + 100, each) for n, each in enumerate(shown)]
    kept = [line for caption in collapse_rolling(captions) for line in caption.lines]
    assert kept == lines


@given(st.permutations(range(5)))
def test_order_in_the_file_does_not_matter(order):
    captions = [Caption(n * 1000, n * 1000 + 900, (f"line {n}",)) for n in range(5)]
    assert collapse_rolling([captions[n] for n in order]) == captions
