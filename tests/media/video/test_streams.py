import av
import numpy as np
import pytest
from support.drawn_films import SHARED
from support.tracked_films import write_tracked_film

from libra_emo.media.films.finding import find_films
from libra_emo.media.films.sources_table import describe_films
from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.opening import UnreadableFilm
from libra_emo.media.video.sound import SoundReader
from libra_emo.media.video.streams import choose_audio, read_spoken_language

KINDS = av.stream.Disposition
DEFAULT = KINDS.default


def size_of(picture):
    return picture.width, picture.height


def heard(film, language):
    """Return the height of the tone that is read, in hertz."""
    with SoundReader(film, language) as sounds:
        samples = sounds.read(1000, 2000).samples[0]
    return round(int(np.abs(np.fft.rfft(samples)).argmax()), -1)


@pytest.mark.parametrize("ending", ["mkv", "mp4"])
@pytest.mark.parametrize(
    ("language", "hertz"),
    [("de", 500), ("ger", 500), ("German", 500), ("en-GB", 300), ("ja", 300), (None, 300)],
)
def test_sound_is_that_of_the_films_language(tmp_path, ending, language, hertz):
    tracks = [("eng", 300, DEFAULT), ("deu", 500, 0)]
    film = write_tracked_film(tmp_path / f"film.{ending}", tracks)
    assert heard(film, language) == hertz


def test_of_one_language_the_default_comes_first_and_commentary_last(tmp_path):
    kinds = [KINDS.comment, 0, KINDS.visual_impaired, DEFAULT]
    tracks = [("eng", 200 + 100 * place, kind) for place, kind in enumerate(kinds)]
    assert heard(write_tracked_film(tmp_path / "a.mkv", tracks), "en") == 500
    assert heard(write_tracked_film(tmp_path / "b.mkv", tracks[:3]), "en") == 300
    alone = [("fra", 200, DEFAULT), ("eng", 700, KINDS.comment)]
    assert heard(write_tracked_film(tmp_path / "c.mkv", alone), "en") == 700


def test_sources_tell_which_sound_track_is_heard(tmp_path):
    tracks = [("eng", 300, DEFAULT), ("deu", 500, 0)]
    write_tracked_film(tmp_path / "film.mkv", tracks)
    (tmp_path / "list.csv").write_text("path,language\nfilm.mkv,deu\n")
    row = describe_films(find_films(str(tmp_path / "list.csv"))).iloc[0]
    assert (row["language"], row["audio_track"]) == ("de", 2)
    row = describe_films(find_films(str(tmp_path))).iloc[0]
    assert (row["language"], row["audio_track"]) == ("en", 1)


def write_with_cover(path, film=True):
    with av.open(str(path), "w") as container:
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 640, 480, "yuvj420p"
        cover.disposition = KINDS.attached_pic
        video = container.add_stream("libx264", rate=10) if film else None
        if video is not None:
            video.width, video.height, video.pix_fmt = 96, 64, "yuv420p"
        sound = container.add_stream("aac", rate=16_000, layout="mono")
        picture = av.VideoFrame.from_ndarray(np.zeros((480, 640, 3), np.uint8))
        container.mux(cover.encode(picture.reformat(format="yuvj420p")))
        container.mux(cover.encode(None))
        if video is not None:
            for _ in range(20):
                frame = av.VideoFrame.from_ndarray(np.zeros((64, 96, 3), np.uint8))
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 32_000), np.float32), "fltp", "mono")
        frame.sample_rate = 16_000
        container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    return path


def test_cover_is_not_the_film(tmp_path):
    with FilmReader(write_with_cover(tmp_path / "film.mp4")) as reader:
        assert size_of(reader.read_first()) == (96, 64)
        assert len(list(reader.frames())) == 20


def test_sound_with_a_cover_is_no_film(tmp_path):
    film = write_with_cover(tmp_path / "song.mp4", film=False)
    with pytest.raises(UnreadableFilm, match="no picture"), FilmReader(film):
        pass


def test_film_without_sound_has_no_track(tmp_path):
    film = write_tracked_film(tmp_path / "film.mkv")
    with av.open(str(film)) as container:
        assert choose_audio(container, "en") is None
        assert read_spoken_language(container) is None


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real films are not here")
def test_better_one_of_two_pictures_is_read():
    with FilmReader(SHARED / "videos/nasa_13013.mp4") as reader:
        assert reader.stream.index == 3
        assert size_of(reader.read_first()) == (480, 270)
