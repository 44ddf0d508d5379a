import json

import pytest
from support.drawn_films import SHARED, write_cues, write_film
from support.portrait import draw_face
from support.tracked_films import write_tracked_film

from libra_emo.media.films.finding import find_films
from libra_emo.media.films.process import process_film
from libra_emo.media.films.sources_table import describe_films
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.subtitles.film_words import read_film_words

SIZE = (240, 180)
FACE = draw_face(*SIZE, radius=60)


def describe(folder):
    return describe_films(find_films(str(folder))).to_dict("records")[0]


def process(folder, **options):
    folders = folder.parent / "clips", folder.parent / "shards"
    return process_film(describe(folder), PreprocessingOptions(**options), *folders)


@pytest.fixture
def films(tmp_path):
    write_film(tmp_path / "films/film.mkv", [(4, FACE), 4], size=SIZE)
    return tmp_path / "films"


def test_candidate_holds_its_translations(films):
    write_cues(films / "film.en.srt", (0.5, 2, "Hello."), (2, 3, "How are you?"))
    write_cues(films / "film.fr.srt", (0.5, 2.5, "Bonjour."), (5, 6, "Après."))
    write_cues(films / "film.zh.srt", (5, 6, "后来。"))
    (clip,) = process(films).candidates
    assert clip["subtitle"] == "Hello. How are you?"
    assert json.loads(clip["translations"]) == {"fr": "Bonjour."}
    assert clip["cue_cut"] is False


def test_cue_that_the_scene_s_edge_cuts_is_flagged(films):
    write_cues(films / "film.srt", (0.5, 2, "Hello."), (2.5, 4.4, "And on"))
    (clip,) = process(films).candidates
    assert (clip["subtitle"], clip["cue_cut"], clip["translations"]) == (
        "Hello. And on",
        True,
        None,
    )


def test_scene_with_descriptions_alone_has_no_words(films):
    write_cues(films / "film.srt", (0.5, 2, "[door slams]"), (2, 3, "♪ la la ♪"))
    assert process(films).ledger[0]["outcome"] == "no_subtitle"
    (clip,) = process(films, keep_descriptions=True).candidates
    assert clip["subtitle"] == "[door slams] ♪ la la ♪"


def test_offset_moves_words_into_their_scene(films):
    write_cues(films / "film.srt", (6, 7, "Too late by four seconds."))
    assert process(films).ledger[0]["outcome"] == "no_subtitle"
    (clip,) = process(films, subtitle_offset_seconds=-4.0).candidates
    assert clip["subtitle"] == "Too late by four seconds."
    (films / "list.csv").write_text("path,subtitle_offset_seconds\nfilm.mkv,-4.5\n")
    row = describe(films / "list.csv")
    (cue,) = read_film_words({**row, "translations": None}, PreprocessingOptions()).cues
    assert (cue.start_ms, cue.end_ms) == (1500, 2500)


def test_words_inside_the_film_reach_the_candidate(tmp_path):
    from libra_emo.media.video.scenes import Scene

    tracks = [
        ("subrip", "eng", 1, [(0.5, 2, "- Hello.\n- Yes?"), (2.1, 2.9, "[rain]")]),
        ("ass", "fre", 0, [(0.5, 2, "Bonjour.\\NOui ?")]),
    ]
    write_tracked_film(tmp_path / "films/film.mkv", [("eng", 300, 1)], tracks)
    words = read_film_words(describe(tmp_path / "films"), PreprocessingOptions())
    scene = Scene(0, 3000)
    assert [cue.text for cue in words.cues] == ["Hello. Yes?"]
    assert json.loads(words.assign([scene])[scene].translations) == {"fr": "Bonjour. Oui ?"}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real films are not here")
def test_real_film_with_words_inside(tmp_path):
    (tmp_path / "films").mkdir()
    (tmp_path / "films/film.mp4").symlink_to(SHARED / "videos/nasa_13013.mp4")
    words = read_film_words(describe(tmp_path / "films"), PreprocessingOptions())
    assert len(words.cues) == 4
    # nobody's face is in it, but its scenes have words: it is for their faces that they go
    rows = process(tmp_path / "films").ledger
    assert {row["outcome"] for row in rows} <= {"no_face", "too_short", "no_subtitle"}
    assert "no_face" in {row["outcome"] for row in rows}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (None, b"", "the film has no subtitle file and no subtitle track"),
        ("film.srt", b"", "film.srt: no readable subtitle: it is empty"),
        ("film.srt", b"\x00\x01\x02 rubbish \xff" * 30, "film.srt: no readable subtitle"),
        ("film.srt", b"words without times", "it is neither SRT, WebVTT nor ASS"),
        ("film.srt", b"1\n00:00:09,000 --> 00:00:12,000\nlater\n", "no words are said in it"),
        (
            "film.ass",
            b"[Script Info]\nScriptType: v4.00+\n[V4+ Styles]\n",
            "no words are said in it",
        ),
    ],
)
def test_unreadable_subtitle_affects_nothing_else(films, name, content, reason):
    if name:
        (films / name).write_bytes(content)
    rows = process(films).ledger
    assert [row["outcome"] for row in rows] == ["no_subtitle"] * 2
    assert reason in rows[0]["detail"]


def test_broken_link_to_a_subtitle_is_reported(films):
    (films / "film.srt").symlink_to(films / "nowhere.srt")
    assert "film.srt: no readable subtitle: No such file" in process(films).ledger[0]["detail"]


@pytest.mark.parametrize("name", ["a film", "-film", "电影 'x' \"y\"", "film;$(x)&", "#film [1]"])
def test_any_name_will_do(tmp_path, name):
    folder = tmp_path / "films"
    write_film(folder / f"{name}.mkv", [(4, FACE)], size=SIZE)
    write_cues(folder / f"{name}.en.srt", (0.5, 2, "Hello."))
    result = process(folder)
    (clip,) = result.candidates
    assert (clip["subtitle"], clip["language"]) == ("Hello.", "en")
