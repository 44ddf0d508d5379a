from fractions import Fraction

import av
import pytest
from support.drawn_films import SHARED
from support.tracked_films import corners_of, draw_corners, write_turned_film

from libra_emo.media.films.finding import find_films
from libra_emo.media.films.process import process_film
from libra_emo.media.films.sources_table import describe_films
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.video.frames import FilmReader

# a picture with corners r, g, b, w clockwise from the top left; turned counter-clockwise by 90
# degrees, the top left is what was the top right
TURNS = [(0, "rgbw"), (90, "gbwr"), (180, "bwrg"), (-90, "wrgb"), (270, "wrgb")]


def size_of(picture):
    return picture.width, picture.height


def first_frame(film):
    with FilmReader(film) as reader:
        return next(reader.frames()).to_array()


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv"])
@pytest.mark.parametrize(("degrees", "corners"), TURNS)
def test_rotated_film_is_read_in_its_orientation(tmp_path, ending, degrees, corners):
    picture = first_frame(write_turned_film(tmp_path / f"film.{ending}", degrees=degrees))
    assert corners_of(picture) == corners
    assert picture.shape == ((96, 64, 3) if degrees % 180 else (64, 96, 3))


@pytest.mark.parametrize(
    ("degrees", "corners"), [(0, "grwb"), (90, "bgrw"), (180, "wbgr"), (-90, "rwbg")]
)
def test_mirrored_film_is_read_as_it_is_shown(tmp_path, degrees, corners):
    film = write_turned_film(tmp_path / "film.mp4", degrees=degrees, hflip=True)
    assert corners_of(first_frame(film)) == corners


@pytest.mark.parametrize(
    ("pixel", "degrees", "size"),
    [
        (Fraction(4, 3), 0, (128, 64)),
        (Fraction(1, 2), 0, (48, 64)),
        (Fraction(4, 3), 90, (64, 128)),
        (Fraction(1), 0, (96, 64)),
        (Fraction(1001, 1000), 0, (96, 64)),
        (Fraction(100), 0, (96, 64)),
    ],
)
def test_pixels_become_square(tmp_path, pixel, degrees, size):
    film = write_turned_film(tmp_path / "film.mp4", degrees=degrees, pixel=pixel)
    picture = first_frame(film)
    assert picture.shape == (size[1], size[0], 3)
    assert corners_of(picture) == ("gbwr" if degrees else "rgbw")
    row = describe_films(find_films(str(tmp_path))).iloc[0]
    assert (row["width"], row["height"]) == size


def test_times_stay_when_a_film_is_turned(tmp_path):
    plain = write_turned_film(tmp_path / "plain.mp4")
    turned = write_turned_film(tmp_path / "turned.mp4", degrees=90)
    with FilmReader(plain) as one, FilmReader(turned) as other:
        times = [frame.time_ms for frame in one.frames()]
        assert [frame.time_ms for frame in other.frames()] == times
        assert [frame.time_ms for frame in other.frames(350, 720)] == [400, 500, 600, 700]


def test_clip_file_and_shard_of_a_rotated_film_have_its_orientation(tmp_path):
    # faces play no part here: the writers alone are looked at
    from libra_emo.media.clips.cutting import cut_scenes_out
    from libra_emo.media.shards import ShardReader
    from libra_emo.media.video.scenes import Scene

    film = write_turned_film(tmp_path / "film.mov", degrees=90, pixel=Fraction(4, 3))
    with FilmReader(film) as reader:
        folders = tmp_path / "clips", tmp_path / "shards"
        cut_scenes_out(reader, "film", [Scene(0, 1000)], PreprocessingOptions(), *folders)
    (clip,) = (tmp_path / "clips").iterdir()
    with av.open(str(clip)) as container:
        frame = next(container.decode(video=0))
        assert (frame.width, frame.height, frame.rotation) == (64, 128, 0)
        assert container.streams.video[0].sample_aspect_ratio in (None, 1)
        assert corners_of(frame.to_ndarray(format="rgb24")) == "gbwr"
    shown = ShardReader(tmp_path / "shards").clip(clip.stem).frames[7]
    assert shown.shape == (128, 64, 3)
    assert corners_of(shown) == "gbwr"


def test_face_is_found_in_a_turned_film(tmp_path):
    from support.drawn_films import write_cues
    from support.portrait import draw_face

    face = draw_face(240, 180, radius=60)
    path = tmp_path / "films/film.mp4"
    path.parent.mkdir()
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 180, 240, "yuv420p"
        stream.set_display_rotation(90)
        lying = face.transpose(1, 0, 2)[:, ::-1].copy()  # turned clockwise, as a phone stores it
        for _ in range(40):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(lying)))
        container.mux(stream.encode(None))
    write_cues(tmp_path / "films/film.srt", (0.5, 2, "Hello."))
    row = describe_films(find_films(str(tmp_path / "films"))).to_dict("records")[0]
    folders = tmp_path / "clips", tmp_path / "shards"
    (outcome,) = process_film(row, PreprocessingOptions(), *folders).ledger
    assert (row["width"], row["height"], outcome["outcome"]) == (240, 180, "kept")


def test_drawn_corners_are_distinguished():
    assert corners_of(draw_corners(96, 64)) == "rgbw"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real films are not here")
def test_real_films_stay_as_they_are():
    for name, size in (("short_hamilton_clip.mp4", (640, 360)), ("big_buck_bunny_0_30.webm", None)):
        with FilmReader(SHARED / "videos" / name) as reader:
            assert size_of(reader.read_first()) == (size or (1280, 720))
