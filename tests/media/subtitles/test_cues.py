from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawn_films import SHARED, write_cues

from libra_emo.media.subtitles.cues import Cue, assign_cues, is_cut, join_cues, make_cues
from libra_emo.media.subtitles.files import read_subtitle_file
from libra_emo.media.video.scenes import Scene


def read_subtitles(path):
    return make_cues(read_subtitle_file(path))


REAL = SHARED / "subtitles"
real = pytest.mark.skipif(not REAL.is_dir(), reason="the real subtitles are not here")

VTT = """WEBVTT

00:01.000 --> 00:02.500 align:start
<v Ann>Hello <i>there</i>
you
"""
ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:05.00,Default,,0,0,0,,not this
Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\pos(1,2)}Hello {\\i1}there{\\i0}\\Nyou
"""
SRT = "1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i> <font color=red>there</font>\nyou\n"


@pytest.mark.parametrize(("ending", "text"), [("srt", SRT), ("vtt", VTT), ("ass", ASS)])
def test_each_form_gives_plain_words(tmp_path, ending, text):
    path = tmp_path / f"film.{ending}"
    path.write_text(text, encoding="utf-8")
    assert read_subtitles(path) == [Cue(1000, 2500, "Hello there you")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gbk", "big5"])
def test_encoding_is_found_out(tmp_path, encoding):
    words = ["你好，今天天气很好。", "我不知道你在说什么。"]
    path = write_cues(tmp_path / "film.srt", (1, 2, words[0]), (3, 4, words[1]))
    text = path.read_text(encoding="utf-8")
    if encoding == "big5":
        words = ["你好，今天天氣很好。", "我不知道你在說什麼。"]
        text = text.replace("气", "氣").replace("说", "說").replace("么", "麼")
    path.write_bytes(text.encode(encoding))
    assert [cue.text for cue in read_subtitles(path)] == words


@real
def test_real_file_in_gbk():
    words = [cue.text for cue in read_subtitles(REAL / "gbk.srt")]
    assert words == ["这是中文", "还有更多的中文", "再见"]


@real
def test_real_files_with_loose_times_and_rare_letters():
    cues = read_subtitles(REAL / "moviepy_subtitles.srt")
    assert [(cue.start_ms, cue.text) for cue in cues] == [
        (0, "Red!"),
        (2000, "More Red!"),
        (5000, "Green!"),
        (7000, "Blue"),
        (9000, "More Blue!"),
    ]
    (cue,) = read_subtitles(REAL / "moviepy_subtitles-unicode.srt")
    assert (cue.start_ms, cue.end_ms, cue.text) == (0, 5000, "ÁÉíöÙ")


@real
@pytest.mark.parametrize("kind", ["", "-bad-newline", "-bad-order", "-win"])
def test_real_files_of_one_content_give_the_same_cues(kind):
    cues = read_subtitles(REAL / f"monsters{kind}.srt")
    assert len(cues) == 3
    assert cues == read_subtitles(REAL / "monsters.srt")


@real
def test_cue_goes_to_the_scene_that_holds_most_of_it():
    # cuts at 5.08 and 8.08 s; the second cue, 4.26 to 8.35 s, lies mostly between them
    cues = read_subtitles(REAL / "nasa_13013.srt")
    scenes = [Scene(0, 5080), Scene(5080, 8080), Scene(8080, 13000)]
    assigned = assign_cues(cues, scenes)
    assert cues[1] in assigned[scenes[1]]
    assert sum(map(len, assigned.values())) == len(cues)


def test_words_are_joined_in_order_of_time():
    assert join_cues([Cue(5, 6, "world"), Cue(1, 2, "hello")]) == "hello world"


@pytest.mark.parametrize(
    ("cue", "cut"),
    [((1000, 2000), False), ((999, 1500), True), ((1500, 2001), True), ((1200, 1300), False)],
)
def test_cue_that_goes_on_beyond_the_scene_is_cut(cue, cut):
    assert is_cut([Cue(1100, 1200, "inside"), Cue(*cue, "at the edge")], Scene(1000, 2000)) == cut


def test_offset_moves_all_cues():
    events = [(1000, 2000, "one"), (2500, 3000, "two")]
    assert make_cues(events, offset_ms=700) == [Cue(1700, 2700, "one"), Cue(3200, 3700, "two")]
    assert make_cues(events, offset_ms=-2000) == [Cue(500, 1000, "two")]


spans = st.tuples(st.integers(0, 200), st.integers(1, 60)).map(lambda p: (p[0], p[0] + p[1]))


@given(st.sets(st.integers(1, 199), max_size=8), st.lists(spans, max_size=12))
def test_each_cue_within_the_film_belongs_to_exactly_one_scene(cuts, cue_spans):
    edges = [0, *sorted(cuts), 200]
    scenes = [Scene(a, b) for a, b in pairwise(edges)]
    cues = [Cue(a, b, f"cue {number}") for number, (a, b) in enumerate(cue_spans)]
    assigned = assign_cues(cues, scenes)

    def held(cue, scene):
        return max(0, min(cue.end_ms, scene.end_ms) - max(cue.start_ms, scene.start_ms))

    for cue in cues:
        owners = [scene for scene in scenes if cue in assigned[scene]]
        if cue.start_ms >= 200:
            assert owners == []
            continue
        (owner,) = owners
        assert held(cue, owner) == max(held(cue, scene) for scene in scenes)
