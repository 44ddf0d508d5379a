import pytest
from support.drawn_films import write_cues

from libra_emo.media.subtitles.cues import Cue, SubtitleError, assign_cues, make_cues
from libra_emo.media.subtitles.files import read_subtitle_file
from libra_emo.media.video.scenes import Scene


def read_subtitles(path):
    return make_cues(read_subtitle_file(path))


@pytest.mark.parametrize(
    "content", [b"", b"only words, no times\n", bytes(range(256)) * 20, b"\xff\xfe\x00"]
)
def test_file_that_is_no_subtitle_is_named(tmp_path, content):
    path = tmp_path / "film.srt"
    path.write_bytes(content)
    with pytest.raises(SubtitleError, match=r"film\.srt"):
        read_subtitles(path)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(SubtitleError, match=r"film\.srt"):
        read_subtitles(tmp_path / "film.srt")


def test_cues_without_words_or_span_are_left_out(tmp_path):
    path = write_cues(
        tmp_path / "film.srt", (1, 2, "<i> </i>"), (3, 3, "no span"), (5, 4, "back"), (6, 7, "yes")
    )
    assert read_subtitles(path) == [Cue(6000, 7000, "yes")]


def test_short_text_in_utf8_is_no_guess(tmp_path):
    path = write_cues(tmp_path / "film.srt", (0, 4, "ÀÈÌÒÙ"))
    assert [cue.text for cue in read_subtitles(path)] == ["ÀÈÌÒÙ"]


def test_earlier_scene_has_a_cue_that_two_hold_alike():
    scenes = [Scene(0, 1000), Scene(1000, 2000)]
    cue = Cue(500, 1500, "half and half")
    assert assign_cues([cue], scenes) == {scenes[0]: [cue], scenes[1]: []}


def test_cue_after_the_end_belongs_to_none():
    scene = Scene(0, 1000)
    assert assign_cues([Cue(1000, 2000, "late")], [scene]) == {scene: []}


def test_cue_that_is_shown_all_the_time_is_no_words():
    events = [(0, 5_400_000, "Always shown"), (0, 61_000, "Nearly"), (1000, 4000, "Hello there")]
    assert make_cues(events) == [Cue(1000, 4000, "Hello there")]


@pytest.mark.parametrize(
    "text",
    [
        "thumb.jpg#xywh=0,0,160,90",
        "Get it at https://example.org",
        "www.opensubtitles.org",
        "Subtitles by Ann",
        "字幕组：某某",
        "x" * 5000,
    ],
)
def test_what_nobody_says_is_left_out(text):
    assert make_cues([(0, 1000, text), (0, 1000, "Hello")]) == [Cue(0, 1000, "Hello")]


def test_hours_may_have_three_digits(tmp_path):
    path = write_cues(tmp_path / "film.srt", (360_000, 360_001, "late"))
    assert read_subtitles(path) == [Cue(360_000_000, 360_001_000, "late")]
