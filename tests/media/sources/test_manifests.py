from pathlib import Path

import fsspec
import pandas as pd
import pytest

from libra_emo.media.sources.manifests import FilmsError, read_manifest


@pytest.fixture(autouse=True)
def store():
    system = fsspec.filesystem("memory")
    yield system
    if system.exists("/lists"):
        system.rm("/lists", recursive=True)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_paths_and_addresses_stand_side_by_side(tmp_path, form):
    table = pd.DataFrame(
        {
            "path": ["a.mp4", "/data/b.mp4", "file:///data/c.mp4", "s3://bucket/d/e.mp4"],
            "language": ["en", None, "fr", "de"],
            "subtitle": ["texts/a.srt", None, None, "https://host/e.srt"],
            "subtitle_offset_seconds": ["0.5", None, "-2", None],
        }
    )
    place = tmp_path / f"list.{form}"
    table.to_csv(place, index=False) if form == "csv" else table.to_parquet(place)
    a, b, c, e = read_manifest(str(place))
    assert [film.path for film in (a, b, c)] == [
        tmp_path / "a.mp4",
        Path("/data/b.mp4"),
        Path("/data/c.mp4"),
    ]
    assert (str(e.address), e.path, e.facts) == (
        "s3://bucket/d/e.mp4",
        Path("e.mp4"),
        {"language": "de"},
    )
    assert (a.subtitle, str(e.subtitle)) == (str(tmp_path / "texts/a.srt"), "https://host/e.srt")
    assert [film.subtitle_offset_seconds for film in (a, b, c, e)] == [0.5, None, -2.0, None]


def test_remote_manifest_names_its_neighbours(store):
    store.pipe("/lists/films.csv", "\ufeffpath,title\nd/a.mp4,A\ns3://bucket/b.mp4,B\n".encode())
    films = read_manifest("memory://lists/films.csv")
    assert [str(film.address) for film in films] == ["memory://lists/d/a.mp4", "s3://bucket/b.mp4"]
    assert [film.facts["title"] for film in films] == ["A", "B"]


@pytest.mark.parametrize("seconds", ["soon", "nan", "inf"])
def test_offset_that_is_no_number_is_named(tmp_path, seconds):
    place = tmp_path / "list.csv"
    place.write_text(f"path,subtitle_offset_seconds\na.mp4,{seconds}\n")
    if seconds == "nan":  # how a table says that nothing is given
        assert read_manifest(str(place))[0].subtitle_offset_seconds is None
        return
    with pytest.raises(FilmsError, match=r"a\.mp4: subtitle_offset_seconds"):
        read_manifest(str(place))


@pytest.mark.parametrize(
    "address", ["memory://lists/gone.csv", "https://ann:secret@127.0.0.1:9/list.csv?token=secret"]
)
def test_manifest_that_cannot_be_fetched_is_named_without_secrets(address):
    with pytest.raises(FilmsError) as caught:
        read_manifest(address)
    assert "secret" not in str(caught.value)
    assert "list" in str(caught.value)
