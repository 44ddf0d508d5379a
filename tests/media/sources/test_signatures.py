import pytest
from support.drawn_films import write_film

from libra_emo.media.sources.signatures import looks_like_film


@pytest.mark.parametrize(
    ("ending", "codec"),
    [
        ("mp4", "libx264"),
        ("mov", "libx264"),
        ("mkv", "libx264"),
        ("webm", "libvpx"),
        ("avi", "mpeg4"),
        ("flv", "libx264"),
        ("ts", "libx264"),
        ("m2ts", "libx264"),
        ("mpg", "libx264"),
        ("wmv", "wmv2"),
        ("nut", "mpeg4"),
        ("ivf", "libvpx"),
    ],
)
def test_film_is_recognised_without_its_name(tmp_path, ending, codec):
    film = write_film(tmp_path / f"film.{ending}", [0.5], fps=25, codec=codec, tone=False)
    assert looks_like_film(film.rename(tmp_path / "film"))


@pytest.mark.parametrize(
    "content",
    [b"", b"words", b"\x00" * 5000, b"\xff\xd8\xff\xe0", b"PK\x03\x04", b"G" + b"x" * 999,
     b"\x00\x00\x00\x20ftypheic", b"RIFF\x00\x00\x00\x00WAVE", b"OggS" + b"vorbis"],
)  # fmt: skip
def test_other_files_are_no_films(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert not looks_like_film(path)
