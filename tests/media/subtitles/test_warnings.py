import pandas as pd
import pytest
from support.drawn_films import write_cues, write_film

from libra_emo.media.films.finding import find_films
from libra_emo.media.films.sources_table import describe_films


@pytest.fixture
def film(tmp_path):
    return write_film(tmp_path / "film.mkv", [1], tone=False)


def warning_of(film):
    warning = describe_films(find_films(str(film.parent))).iloc[0]["warning"]
    return None if pd.isna(warning) else warning


def test_used_subtitles_give_no_warning(film):
    write_cues(film.with_suffix(".en.srt"), (0, 0.5, "Hello."))
    write_cues(film.with_suffix(".fr.srt"), (0, 0.5, "Bonjour."))
    assert warning_of(film) is None


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("film.en.vtt", b"WEBVTT\n\n00:00.000 --> 00:00.500\nHello.\n", "film.en.vtt"),
        ("film.de.srt", b"words", "film.de.srt (it is neither SRT, WebVTT nor ASS"),
        ("film.de.srt", b"", "film.de.srt (it is empty)"),
        ("film.idx", b"# VobSub", "film.idx (its cues are pictures)"),
        ("film.de.sub", b"\x00\x00\x01\xba\x00", "film.de.sub (its cues are pictures)"),
        ("film.odd name.srt", b"x", "film.odd name.srt (its name is not understood)"),
        ("film.en.forced.srt", b"1\n00:00:00,000 --> 00:00:00,500\nHi\n", "film.en.forced.srt"),
    ],
)
def test_what_lies_beside_and_is_not_used_is_named(film, name, content, reason):
    write_cues(film.with_suffix(".en.srt"), (0, 0.5, "Hello."))
    film.with_name(name).write_bytes(content)
    assert f"beside it and not used: {reason}" in warning_of(film)


def test_text_that_is_no_subtitle_is_not_named(film):
    film.with_suffix(".txt").write_text("A note about the film.")
    assert warning_of(film) is None


def test_broken_cues_are_counted_and_named(film):
    text = "1\n00:00:00,000 --> 00:00:00,500\nHi\n\n" + "2\n00:0x --> 00:02\nlost\n\n" * 9
    film.with_suffix(".srt").write_text(text)
    warning = warning_of(film)
    assert "film.srt: 9 cues cannot be read: line 6: no times can be read in" in warning
    assert "and 4 more" in warning


def test_information_that_cannot_be_read_is_named(film):
    film.with_name("film.info.json").write_text("[" * 100_000)
    assert "film.info.json is not used: it is nested too deeply" in warning_of(film)
