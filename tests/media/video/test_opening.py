import av
import pytest
from support.odd_films import Part, spoil, write_part

from libra_emo.media.films.finding import find_films
from libra_emo.media.films.process import process_film
from libra_emo.media.films.sources_table import describe_films
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.opening import UnreadableFilm, open_film

TITLES = ["中文".encode("gbk"), b"\xff\xfe\xfd\xfc", "Amélie".encode("latin1")]
FILM = Part(seconds=2, codec="libx264", sound="aac", pixels="yuv420p")


def describe(folder):
    return describe_films(find_films(str(folder))).iloc[0]


def test_picture_of_an_unknown_codec_is_one_unreadable_row(tmp_path):
    film = spoil(write_part(tmp_path / "film.mp4", FILM), b"avc1", b"xyz1")
    with pytest.raises(UnreadableFilm, match=r"film.mp4: .*unknown codec"):
        FilmReader(film).__enter__()
    row = describe(tmp_path).to_dict()
    folders = tmp_path / "clips", tmp_path / "shards"
    (ledger,) = process_film(row, PreprocessingOptions(), *folders).ledger
    assert ledger["outcome"] == "unreadable"
    assert "unknown codec" in ledger["detail"]


@pytest.mark.parametrize("length", [100, 400, 700, 1000])
def test_film_that_breaks_off_in_its_head_is_unreadable(tmp_path, length):
    film = spoil(write_part(tmp_path / "film.mp4", FILM), b"avc1", b"xyz1")
    content = film.read_bytes()
    film.write_bytes(content[:32] + content[content.index(b"moov") - 4 :][:length])
    with pytest.raises(UnreadableFilm, match=r"film\.mp4"), FilmReader(film):
        pass
    assert describe(tmp_path)[["width"]].isna().all()


def test_sound_of_an_unknown_codec_is_said(tmp_path):
    film = write_part(tmp_path / "film.mp4", FILM)
    spoil(spoil(film, b"mp4a", b"zzzz"), b"\x40\x15", b"\xff\x15")
    row = describe(tmp_path)
    assert "its sound has an unknown codec" in row["warning"]
    assert (row["width"], row["height"]) == (160, 96)


@pytest.mark.parametrize(
    "title", ["中文".encode("gbk"), b"\xff\xfe\xfd\xfc", "Amélie".encode("latin1")]
)
@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_title_in_any_encoding_costs_no_film(tmp_path, title, ending):
    plain = b"t" * len(title)
    film = write_part(tmp_path / "plain.mkv", Part(seconds=2, codec="libx264", sound=None))
    named = tmp_path / f"film.{ending}"
    with av.open(str(film)) as source, av.open(str(named), "w") as copy:
        copy.metadata["title"] = f"<{plain.decode()}>"
        stream = copy.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                copy.mux_one(packet)
    film.unlink()
    spoil(named, b"<" + plain + b">", b"<" + title + b">")
    with open_film(named) as container:
        assert container.streams.video
    assert describe(tmp_path)["width"] == 160
