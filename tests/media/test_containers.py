"""Each kind of file that films come in, with even and uneven frames."""

import pytest
from support.drawn_films import write_film

from libra_emo.media.films.finding import find_films
from libra_emo.media.films.sources_table import describe_films
from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.sound import SoundReader

KINDS = [
    ("mp4", "libx264", True),
    ("mov", "libx264", True),
    ("mkv", "libx264", True),
    ("webm", "libvpx", False),
    ("avi", "mpeg4", True),
    ("flv", "libx264", True),
]


@pytest.mark.parametrize(("ending", "codec", "tone"), KINDS)
def test_film_is_read_whole(tmp_path, ending, codec, tone):
    film = write_film(tmp_path / f"film.{ending}", [2, 2], codec=codec, tone=tone)
    row = describe_films(find_films(str(tmp_path))).iloc[0]
    assert (row["width"], row["height"], row["fps"]) == (96, 64, 12.0)
    assert row["duration_s"] == pytest.approx(4, abs=0.2)
    with FilmReader(film) as reader:
        times = [frame.time_ms for frame in reader.frames()]
        assert len(times) == 48
        assert reader.end_ms - times[0] == pytest.approx(4000, abs=100)
    with SoundReader(film) as sounds:
        assert sounds.read(1000, 2000).samples.any() == tone


@pytest.mark.parametrize("ending", ["mp4", "mkv", "mov"])
def test_uneven_frames_keep_their_own_times(tmp_path, ending):
    dropped = (5, 6, 7, 20, 21, 22, 23, 24, 30)
    film = write_film(tmp_path / f"film.{ending}", [2, 2], drop=dropped)
    with FilmReader(film) as reader:
        times = [frame.time_ms for frame in reader.frames()]
    wanted = [round(number * 1000 / 12) for number in range(48) if number not in dropped]
    assert len(times) == len(wanted)
    assert all(abs(time - due) <= 1 for time, due in zip(times, wanted, strict=True))
