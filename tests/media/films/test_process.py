import json
import math

import pytest
from support.drawn_films import SHARED, write_cues, write_film
from support.portrait import draw_face

from libra_emo.media.films.finding import find_films
from libra_emo.media.films.process import process_film
from libra_emo.media.films.sources_table import describe_films
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.shards import ShardReader

VIDEOS = SHARED / "videos"
SIZE = (240, 180)
FACE = draw_face(*SIZE, radius=60)
WALL = FACE[:40, :60].repeat(5, axis=0)[:180].repeat(4, axis=1)[:, :240]


def process(tmp_path, **options):
    row = describe_films(find_films(str(tmp_path / "films"))).to_dict("records")[0]
    return process_film(
        row, PreprocessingOptions(**options), tmp_path / "clips", tmp_path / "shards"
    )


def test_each_scene_ends_in_one_row_and_the_kept_ones_are_cut(tmp_path):
    film = tmp_path / "films/film.mp4"
    shots = [2, (4, FACE), 4, (5, FACE), 11]
    write_film(film, shots, size=SIZE)
    write_cues(
        tmp_path / "films/film.en.srt",
        (0.5, 1.5, "too short"),
        (2.5, 5.0, "Hello <i>you</i>."),
        (5.2, 7.0, "Mostly after the cut."),
        (16, 18, "too long"),
    )
    result = process(tmp_path)
    rows = [(row["start_s"], row["end_s"], row["outcome"]) for row in result.ledger]
    assert rows == [
        (0, 2, "too_short"),
        (2, 6, "kept"),
        (6, 10, "no_face"),
        (10, 15, "no_subtitle"),
        (15, 26, "too_long"),
    ]
    (clip,) = result.candidates
    assert clip["clip_id"] == f"{result.source_id}-00002000-00006000"
    assert (clip["subtitle"], clip["language"]) == ("Hello you.", "en")
    assert (clip["frames_sampled"], clip["frames_with_face"], clip["face_ratio"]) == (12, 12, 1)
    assert result.shard == f"{result.source_id}.tar"
    assert ShardReader(tmp_path / "shards").clip_ids() == [clip["clip_id"]]
    assert [path.stem for path in (tmp_path / "clips").iterdir()] == [clip["clip_id"]]


def test_ledger_names_the_first_frame_without_a_face(tmp_path):
    faces = [FACE] * 28 + [WALL] * 3 + [FACE]  # away from 2.333 to 2.583 s
    write_film(tmp_path / "films/film.mp4", [(4, faces)], size=SIZE)
    write_cues(tmp_path / "films/film.srt", (0, 2, "Hello."))
    (row,) = process(tmp_path, content_threshold=250, detector="content").ledger
    assert (row["outcome"], row["detail"]) == ("no_face", "no face at 2.333 s")


def test_share_of_faces_is_a_choice(tmp_path):
    faces = [FACE] * 28 + [WALL] * 3 + [FACE]
    write_film(tmp_path / "films/film.mp4", [(4, faces)], size=SIZE)
    write_cues(tmp_path / "films/film.srt", (0, 2, "Hello."))
    result = process(tmp_path, content_threshold=250, detector="content", min_face_ratio=0.9)
    (clip,) = result.candidates
    assert (clip["frames_sampled"], clip["frames_with_face"]) == (12, 11)
    assert clip["face_ratio"] == pytest.approx(11 / 12)


def test_candidate_has_the_faces_of_the_clip(tmp_path):
    write_film(tmp_path / "films/film.mp4", [(4, FACE)], size=SIZE)
    write_cues(tmp_path / "films/film.srt", (0, 2, "Hello."))
    (clip,) = process(tmp_path, face_number_frames=2).candidates
    assert clip["faces_most"] == 1
    assert json.loads(clip["face_numbers"]) == [[1.0, 1], [3.0, 1]]
    boxes = json.loads(clip["face_boxes"])
    assert [second for second, *_ in boxes] == pytest.approx([n / 3 for n in range(12)], abs=0.084)
    for _, top, right, bottom, left in boxes:
        assert top < 0.5 < bottom
        assert left < 0.5 < right


def test_long_scene_is_cut_at_pauses_where_that_is_wanted(tmp_path):
    write_film(tmp_path / "films/film.mp4", [2, (30, FACE), 4], size=SIZE)
    words = (2.5, 7.0, "One."), (8.0, 11.0, "Two."), (25.03, 28.0, "Three."), (28.5, 31.9, "Four.")
    write_cues(tmp_path / "films/film.srt", *words)
    whole = [(row["start_s"], row["end_s"], row["outcome"]) for row in process(tmp_path).ledger]
    assert whole == [(0, 2, "too_short"), (2, 32, "too_long"), (32, 36, "no_subtitle")]
    result = process(tmp_path, split_long_scenes=True)
    rows = [(row["start_s"], row["end_s"], row["outcome"]) for row in result.ledger]
    assert [outcome for *_, outcome in rows] == [
        *("too_short", "kept", "too_long", "kept", "no_subtitle")
    ]
    assert [end for _, end, _ in rows[:-1]] == [start for start, _, _ in rows[1:]]
    assert rows[2][:2] == (11.25, 24.833)  # the silence, cut to frames
    assert [clip["subtitle"] for clip in result.candidates] == ["One. Two.", "Three. Four."]
    assert [clip["frames_sampled"] for clip in result.candidates] == [28, 22]


def test_film_processed_again_gives_the_same(tmp_path):
    write_film(tmp_path / "films/film.mp4", [(4, FACE), 4], size=SIZE)
    write_cues(tmp_path / "films/film.srt", (0, 2, "Hello."))
    first = process(tmp_path)
    shard = (tmp_path / "shards" / first.shard).read_bytes()
    assert process(tmp_path) == first
    assert (tmp_path / "shards" / first.shard).read_bytes() == shard


@pytest.mark.skipif(not VIDEOS.is_dir(), reason="the real films are not here")
@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("liveportrait_d12.mp4", [(0, 7.32, "kept")]),
        ("liveportrait_s18.mp4", [(0, 9.4, "kept")]),
        ("liveportrait_s32.mp4", [(0, 6, "kept")]),
        ("liveportrait_d10.mp4", [(0, 14.933, "too_long")]),
        ("asl_again.mkv", [(0, 2.6, "too_short")]),
        ("asl_thanks.mkv", [(0, 1.7, "too_short")]),
        ("no_face.mp4", [(0, 3.945, "no_face")]),
    ],
)
def test_real_films(tmp_path, name, outcomes):
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / name).symlink_to(VIDEOS / name)
    write_cues(tmp_path / f"films/{name[:-4]}.srt", (0.2, 1.0, "What a day!"), (1.1, 1.6, "Yes."))
    result = process(tmp_path)
    assert [(row["start_s"], row["end_s"], row["outcome"]) for row in result.ledger] == outcomes
    for clip in result.candidates:
        assert clip["subtitle"] == "What a day! Yes."
        assert clip["frames_sampled"] == math.ceil(clip["duration_s"] * 3)
        assert clip["frames_with_face"] == clip["frames_sampled"]
        data = ShardReader(tmp_path / "shards").clip(clip["clip_id"])
        assert data.duration_s == pytest.approx(clip["duration_s"], abs=0.001)


@pytest.mark.skipif(not VIDEOS.is_dir(), reason="the real films are not here")
def test_scene_of_a_real_film_that_starts_late(tmp_path):
    (tmp_path / "films").mkdir()
    (tmp_path / "films/film.mp4").symlink_to(VIDEOS / "short_hamilton_clip.mp4")
    # container time; counted from the first frame, these words would belong to another scene
    write_cues(tmp_path / "films/film.srt", (3.4, 4.2, "In the third scene."))
    result = process(tmp_path, detector="content")
    (clip,) = result.candidates
    assert (clip["start_s"], clip["end_s"]) == (3.588, 7.892)
