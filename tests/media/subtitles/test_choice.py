import json
import shutil

import av
import pandas as pd
import pytest
from support.drawn_films import SHARED, write_cues, write_film
from support.tracked_films import write_tracked_film

from libra_emo.media.films.finding import find_films
from libra_emo.media.films.sources_table import describe_films
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.subtitles.film_words import read_film_words

KINDS = av.stream.Disposition
ENGLISH = (
    "I do not know what this is, but you are here and we have to go now.",
    "They were not there when she came, and that is what he said to me.",
)
FRENCH = (
    "Je ne sais pas ce que c'est, mais vous êtes ici et nous devons partir.",
    "Il n'est pas là, et elle ne sait pas pourquoi il est parti avec moi.",
)
GERMAN = (
    "Ich weiß nicht, was das ist, aber du bist hier und wir müssen gehen.",
    "Sie sind nicht da, und er hat mir auch nicht gesagt, wie es ist.",
)
CHINESE = ("我不知道这是什么，但是你在这里。", "她来的时候他们不在那里，他是这么说的。")


def write(path, lines):
    return write_cues(path, *[(place, place + 0.9, line) for place, line in enumerate(lines)])


def describe(tmp_path, **facts):
    if facts:
        manifest = tmp_path / "list.csv"
        pd.DataFrame([{"path": "film.mkv", **facts}]).to_csv(manifest, index=False)
        return describe_films(find_films(str(manifest))).iloc[0]
    return describe_films(find_films(str(tmp_path))).iloc[0]


@pytest.fixture
def film(tmp_path):
    return write_film(tmp_path / "film.mkv", [3], tone=False)


def test_film_s_language_wins_and_the_others_are_translations(tmp_path, film):
    english, french = tmp_path / "film.en.srt", tmp_path / "film.fre.vtt"
    write(english, ENGLISH)
    french.write_text("WEBVTT\n\n00:00.000 --> 00:02.000\n" + FRENCH[0] + "\n", encoding="utf-8")
    write(tmp_path / "film.de.srt", GERMAN)
    for language, chosen, others in (
        ("eng", english, {"de", "fr"}),
        ("French", french, {"de", "en"}),
    ):
        row = describe(tmp_path, language=language)
        assert row["subtitle_path"] == chosen.as_posix()
        translations = json.loads(row["translations"])
        assert set(translations) == others
        assert translations["de"] == {"path": f"{tmp_path.as_posix()}/film.de.srt", "track": None}
        assert pd.isna(row["warning"])


def test_words_tell_the_language_where_names_do_not(tmp_path, film):
    write(tmp_path / "film.srt", GERMAN)
    write(tmp_path / "film.en.srt", ENGLISH)
    row = describe(tmp_path, language="en")
    assert row["subtitle_path"].endswith("film.en.srt")
    assert set(json.loads(row["translations"])) == {"de"}
    (tmp_path / "film.en.srt").unlink()
    row = describe(tmp_path)
    assert (row["language"], row["text_language"]) == ("de", "de")


def test_words_in_another_language_than_the_film_are_kept_with_a_warning(tmp_path, film):
    write(tmp_path / "film.srt", FRENCH)
    row = describe(tmp_path, language="en")
    assert row["subtitle_path"].endswith("film.srt")
    assert (row["language"], row["text_language"]) == ("en", "fr")
    assert row["warning"] == "the words of the subtitle are in fr, but the film is in en"
    assert row["width"] == 96


def test_wrong_language_in_a_name_gives_a_warning(tmp_path, film):
    write(tmp_path / "film.en.srt", GERMAN)
    assert "are in de" in describe(tmp_path)["warning"]


def test_unreadable_one_gives_way_to_another_of_the_language(tmp_path, film):
    (tmp_path / "film.srt").write_bytes(b"\x00\x01 rubbish \xff" * 50)
    write(tmp_path / "film.en.sdh.srt", ENGLISH)
    assert describe(tmp_path)["subtitle_path"].endswith("film.en.sdh.srt")


def test_foreign_parts_alone_are_the_last_choice(tmp_path, film):
    write(tmp_path / "film.en.forced.srt", ENGLISH[:1])
    write(tmp_path / "film.en.vtt", ENGLISH)
    assert describe(tmp_path)["subtitle_path"].endswith("film.en.vtt")
    (tmp_path / "film.en.vtt").unlink()
    assert describe(tmp_path)["subtitle_path"].endswith("film.en.forced.srt")


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("film.English.srt", "en"),
        ("film.eng.srt", "en"),
        ("film_en.srt", "en"),
        ("film.简体中文.srt", "zh-Hans"),
        ("film.pt-BR.srt", "pt-BR"),
        ("film.hi.srt", "hi"),
        ("film.en.hi.srt", "en"),
        ("film.sdh.srt", None),
        ("film.en.cc.srt", "en"),
        ("film.mp4.srt", None),
        ("film.mkv.en.srt", "en"),
        ("film.English (SDH).srt", "en"),
        ("film.BIG5.srt", "zh-Hant"),
        ("film-en.srt", "en"),
        ("FILM.en.SRT", "en"),
    ],
)
def test_language_is_read_from_the_name(tmp_path, film, name, language):
    write(tmp_path / name, ["Yes."])
    row = describe(tmp_path)
    assert row["subtitle_path"].endswith(name)
    assert (None if pd.isna(row["language"]) else row["language"]) == language


@pytest.mark.parametrize(
    "name", ["film_to.srt", "film_2.srt", "film.directors cut.srt", "film-x.srt"]
)
def test_name_of_something_else_is_not_the_film_s(tmp_path, film, name):
    write(tmp_path / name, ["Yes."])
    assert pd.isna(describe(tmp_path)["subtitle_path"])


def test_subtitle_of_a_film_whose_name_begins_alike_is_that_film_s(tmp_path, film):
    write_film(tmp_path / "film.de.mkv", [3], tone=False)
    write(tmp_path / "film.de.srt", GERMAN)
    table = describe_films(find_films(str(tmp_path))).set_index("video_path")
    chosen = table["subtitle_path"].groupby(lambda path: path.endswith("film.de.mkv")).first()
    assert chosen[True].endswith("film.de.srt")
    assert pd.isna(chosen[False])


def test_manifest_names_the_subtitle_and_how_much_it_is_off(tmp_path, film):
    write(tmp_path / "film.srt", FRENCH)
    (tmp_path / "texts").mkdir()
    write(tmp_path / "texts/other.srt", ENGLISH)
    row = describe(
        tmp_path, subtitle="texts/other.srt", subtitle_offset_seconds="-1.5", language="en"
    )
    assert row["subtitle_path"].endswith("texts/other.srt")
    assert row["subtitle_offset_seconds"] == -1.5
    assert set(json.loads(row["translations"])) == {"fr"}


def test_tracks_inside_the_film_speak_where_no_file_does(tmp_path):
    cues = [(place, place + 0.9, line) for place, line in enumerate(FRENCH)]
    subtitles = [
        ("subrip", "fre", KINDS.default, cues),
        ("subrip", "eng", 0, [(0, 2, ENGLISH[0])]),
    ]
    film = write_tracked_film(tmp_path / "film.mkv", [("fre", 300, KINDS.default)], subtitles)
    row = describe(tmp_path)
    assert (row["language"], row["subtitle_path"]) == ("fr", film.as_posix())
    assert row["subtitle_track"] == 2
    assert json.loads(row["translations"]) == {"en": {"path": film.as_posix(), "track": 3}}
    write(tmp_path / "film.en.srt", ENGLISH)
    row = describe(tmp_path)
    assert row["subtitle_track"] == 2  # the film's language comes before a file beside it
    assert json.loads(row["translations"])["en"]["track"] is None
    write(tmp_path / "film.fr.srt", FRENCH)
    row = describe(tmp_path)
    assert row["subtitle_path"].endswith("film.fr.srt")
    assert pd.isna(row["subtitle_track"])


def test_subtitle_with_two_languages_is_parted(tmp_path, film):
    both = [f"{one}\n{other}" for one, other in zip(CHINESE, ENGLISH, strict=True)]
    for name, language, chosen, other in (
        ("film.zh&en.srt", "zh", CHINESE, ENGLISH),
        ("film.zh.srt", "zh", CHINESE, ENGLISH),
        ("film.srt", "zh", CHINESE, ENGLISH),
        ("film.en.srt", "en", ENGLISH, CHINESE),
    ):
        write(tmp_path / name, both)
        row = describe(tmp_path)
        assert (row["language"], row["text_language"]) == (language, language)
        (translation,) = json.loads(row["translations"])
        words = read_film_words(row.to_dict(), PreprocessingOptions())
        assert [cue.text for cue in words.cues] == list(chosen)
        assert [cue.text for cue in words.translations[translation]] == list(other)
        assert describe(tmp_path, language="en")["text_language"] == "en"
        (tmp_path / "list.csv").unlink()
        (tmp_path / name).unlink()


def test_digest_of_the_subtitles_changes_with_any_of_them(tmp_path, film):
    write(tmp_path / "film.en.srt", ENGLISH)
    first = describe(tmp_path)["subtitle_sha256"]
    assert describe(tmp_path)["subtitle_sha256"] == first
    write(tmp_path / "film.fr.srt", FRENCH)
    second = describe(tmp_path)["subtitle_sha256"]
    write(tmp_path / "film.fr.srt", FRENCH[:1])
    assert len({first, second, describe(tmp_path)["subtitle_sha256"]}) == 3


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real films are not here")
def test_real_film_with_tracks(tmp_path):
    shutil.copy(SHARED / "videos/nasa_13013.mp4", tmp_path / "film.mkv")
    row = describe(tmp_path)
    assert (row["subtitle_track"], row["language"], row["text_language"]) == (2, "en", "en")
    assert pd.isna(row["translations"])
    assert pd.isna(row["warning"])
    assert row["audio_track"] == 4
