from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawn_films import write_cues, write_film
from support.portrait import draw_face

from libra_emo.media.films.clip_ledger import InconsistentFilm, check_tiling, reject_by_length
from libra_emo.media.films.finding import find_films
from libra_emo.media.films.process import process_film
from libra_emo.media.films.sources_table import describe_films
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.video.decoding import PictureDecoder
from libra_emo.media.video.frames import FilmReader, UnreadableScene
from libra_emo.media.video.scenes import Scene
from libra_emo.media.video.sound import SoundReader

SIZE = (240, 180)
FACE = draw_face(*SIZE, radius=60)
OPTIONS = PreprocessingOptions()


def process(tmp_path):
    row = describe_films(find_films(str(tmp_path / "films"))).to_dict("records")[0]
    return process_film(row, OPTIONS, tmp_path / "clips", tmp_path / "shards")


@pytest.mark.parametrize("content", [b"", b"words, no film\n" * 100])
def test_film_that_cannot_be_read_is_one_row(tmp_path, content):
    (tmp_path / "films").mkdir()
    (tmp_path / "films/film.mp4").write_bytes(content)
    result = process(tmp_path)
    (row,) = result.ledger
    assert row["outcome"] == "unreadable"
    assert row["start_s"] is row["end_s"] is row["clip_id"] is None
    assert "film.mp4" in row["detail"]
    assert (result.candidates, result.shard) == ([], None)


def test_film_that_is_gone_is_one_row(tmp_path):
    (tmp_path / "films").mkdir()
    (tmp_path / "films/film.mp4").symlink_to(tmp_path / "nowhere.mp4")
    (row,) = process(tmp_path).ledger
    assert row["outcome"] == "unreadable"


@pytest.mark.parametrize(
    ("subtitle", "detail"),
    [
        (None, "the film has no subtitle file"),
        (b"\x00\x01\x02 rubbish \xff" * 30, "film.srt: no readable subtitle"),
        (b"", "film.srt: no readable subtitle"),
        (b"1\n00:01:00,000 --> 00:01:02,000\nlater\n", "no words are said in it"),
    ],
)
def test_scene_without_words_says_why(tmp_path, subtitle, detail):
    write_film(tmp_path / "films/film.mp4", [4])
    if subtitle is not None:
        (tmp_path / "films/film.srt").write_bytes(subtitle)
    (row,) = process(tmp_path).ledger
    assert row["outcome"] == "no_subtitle"
    assert row["detail"].startswith(detail)


@pytest.mark.parametrize("fps", [10, 12, 24, 25, 30])
@pytest.mark.parametrize(("seconds", "outcome"), [(3, "too_short"), (10, None)])
def test_edges_of_length_are_exact_at_any_frame_rate(tmp_path, fps, seconds, outcome):
    film = tmp_path / "films/film.mkv"
    write_film(film, [2 + 1 / fps, seconds, 2], fps=fps)
    rows = process(tmp_path).ledger
    assert len(rows) == 3
    assert rows[1]["outcome"] == (outcome or "no_subtitle")


@pytest.mark.parametrize(
    ("length_ms", "outcome"),
    [(2999, "too_short"), (3000, "too_short"), (3001, None), (10_000, None), (10_001, "too_long")],
)
def test_edges_of_length(length_ms, outcome):
    rejection = reject_by_length(Scene(70, 70 + length_ms), OPTIONS)
    assert (rejection and rejection[0]) == outcome


def test_last_frame_of_a_scene_is_not_the_next_ones(tmp_path):
    # 4 s at 3 frames a second: the twelfth sample would be the wall's first frame
    write_film(tmp_path / "films/film.mp4", [2, (4, FACE), 4], size=SIZE)
    write_cues(tmp_path / "films/film.srt", (2.2, 4, "Hello."))
    (clip,) = process(tmp_path).candidates
    assert clip["frames_sampled"] == 12


def test_film_that_breaks_off_is_accounted_for_to_its_end(tmp_path):
    whole = write_film(tmp_path / "whole.mkv", [4, 4, 4])
    (tmp_path / "films").mkdir()
    content = whole.read_bytes()
    (tmp_path / "films/film.mkv").write_bytes(content[: len(content) * 6 // 10])
    rows = process(tmp_path).ledger
    assert rows[-1]["outcome"] == "unreadable"
    assert rows[-1]["detail"].startswith("no picture after")
    assert rows[-1]["end_s"] == pytest.approx(12, abs=0.1)
    for row, after in pairwise(rows):
        assert row["end_s"] == after["start_s"]


scenes = st.lists(st.integers(1, 50), min_size=1, max_size=6)


@given(scenes)
def test_scenes_that_tile_the_film_balance(lengths):
    edges = [sum(lengths[:number]) for number in range(len(lengths) + 1)]
    tiled = [Scene(a, b) for a, b in pairwise(edges)]
    check_tiling("film", tiled, {scene: {} for scene in tiled}, edges[-1])


@given(scenes, st.data())
def test_any_gap_is_told(lengths, data):
    edges = [sum(lengths[:number]) for number in range(len(lengths) + 1)]
    tiled = [Scene(a, b) for a, b in pairwise(edges)]
    rows = {scene: {} for scene in tiled}
    wrong = data.draw(st.integers(0, len(tiled) - 1))
    with pytest.raises(InconsistentFilm, match="film-1"):
        check_tiling("film-1", tiled[:wrong] + tiled[wrong + 1 :], rows, edges[-1])
    with pytest.raises(InconsistentFilm, match="film-1"):
        check_tiling("film-1", tiled, rows, edges[-1] + 1)
    del rows[tiled[wrong]]
    with pytest.raises(InconsistentFilm, match="film-1"):
        check_tiling("film-1", tiled, rows, edges[-1])


def write_two_faces(folder):
    write_film(folder / "films/film.mp4", [(4, FACE), 2, (4, FACE)], size=SIZE)
    write_cues(folder / "films/film.srt", (0.5, 2, "Hello."), (6.5, 9, "Again."))


def test_scene_that_cannot_be_decoded_again_fails_alone(tmp_path, monkeypatch):
    write_two_faces(tmp_path)
    read = FilmReader.frames

    def lose(self, start_ms=0, end_ms=None):
        if (start_ms, end_ms) == (6000, 10_000):
            raise UnreadableScene("film.mp4: the frames from 6.000 s on cannot be decoded again")
        return read(self, start_ms, end_ms)

    monkeypatch.setattr(FilmReader, "frames", lose)
    # a copied scene is decoded from its packets
    monkeypatch.setattr("libra_emo.media.clips.cutting.PacketReader.read", lambda *_: None)
    result = process(tmp_path)
    assert [row["outcome"] for row in result.ledger] == ["kept", "too_short", "unreadable"]
    assert result.ledger[2]["detail"].startswith("film.mp4: the frames from 6.000 s on")
    assert [row["start_s"] for row in result.candidates] == [0.0]
    assert len(list((tmp_path / "clips").iterdir())) == 1


def test_scene_whose_sound_is_lost_is_not_kept(tmp_path, monkeypatch):
    write_two_faces(tmp_path)
    read = SoundReader.read

    def silent(self, start_ms, end_ms):
        sound = read(self, start_ms, end_ms)
        sound.samples[:] *= start_ms > 0
        return sound

    monkeypatch.setattr(SoundReader, "read", silent)
    result = process(tmp_path)
    assert [row["outcome"] for row in result.ledger] == ["unreadable", "too_short", "kept"]
    assert "sound" in result.ledger[0]["detail"]


def test_seek_that_gives_no_frame_costs_no_scene(tmp_path, monkeypatch):
    write_two_faces(tmp_path)
    monkeypatch.setattr(PictureDecoder, "decode_after_seek", lambda self: iter(()))
    result = process(tmp_path)
    assert [row["outcome"] for row in result.ledger] == ["kept", "too_short", "kept"]
    assert len(list((tmp_path / "clips").iterdir())) == 2
