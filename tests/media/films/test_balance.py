import pytest
from support.odd_films import Part, write_part

from libra_emo.media.films.balance import lost_pictures
from libra_emo.media.video.decoding import PictureDecoder
from libra_emo.media.video.frames import FilmReader

KINDS = {
    "mp4": Part(seconds=8, codec="libx264", sound=None, b_frames=2),
    "ts": Part(seconds=8),
    "avi": Part(seconds=8, codec="mpeg4", sound=None, b_frames=2),
    "webm": Part(seconds=8, codec="libvpx", sound=None),
    "uneven.mkv": Part(
        codec="libx264", sound=None, times=tuple(n / 25 + (n > 60) * 4 for n in range(150))
    ),
}


@pytest.mark.parametrize(("ending", "part"), KINDS.items(), ids=list(KINDS))
def test_whole_film_has_no_row(tmp_path, ending, part):
    with FilmReader(write_part(tmp_path / f"film.{ending}", part)) as reader:
        list(reader.frames())
        assert lost_pictures("film", reader) == []


@pytest.mark.parametrize("ending", ["mp4", "ts"])
def test_pictures_that_the_reader_drops_have_a_row(tmp_path, ending, monkeypatch):
    film = write_part(tmp_path / f"film.{ending}", KINDS[ending])
    decode = PictureDecoder.decode_all

    def stop_early(self):
        for number, frame in enumerate(decode(self)):
            if number == 120:
                return
            yield frame

    monkeypatch.setattr(PictureDecoder, "decode_all", stop_early)
    with FilmReader(film) as reader:
        list(reader.frames())
        reader.end_ms = 4800
        (row,) = lost_pictures("film", reader)
    assert row["outcome"] == "unreadable"
    assert row["detail"] == "200 pictures are in the file, and 120 of them in its scenes"
    assert row["end_s"] - row["start_s"] == pytest.approx(3.2, abs=0.1)
