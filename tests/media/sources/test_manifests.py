from pathlib import Path

import fsspec
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
    (film,) = read_manifest(str(place))
    assert "row 1 of list.csv: subtitle_offset_seconds is" in film.trouble
    assert film.path.name == "a.mp4"


BROKEN = [
    b"caf\xe9.mp4,A,",
    b"b.mp4,caf\xe9,",
    b"b.mp4,B,soon",
    b"b.mp4,B,1e400",
    b",B,",
    b"b\x00.mp4,B,",
    b"b.mp4,B,1,2,3,4",
    b'"b.mp4,B,',
    b'b.mp4,"B,',
    b'"b.mp4"x,B,',
    b"x" * 50_000 + b",B,",
]


@pytest.mark.parametrize("row", BROKEN, ids=lambda row: repr(row[:20]))
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_broken_row_costs_itself_alone(tmp_path, row, end):
    place = tmp_path / "list.csv"
    rows = [b"path,title,subtitle_offset_seconds", b"a.mp4,A,0.5", row, b'c.mp4,"C, or not",', b""]
    place.write_bytes(end.join(rows))
    first, broken, last = read_manifest(str(place))
    assert (first.path, first.facts, first.trouble) == (tmp_path / "a.mp4", {"title": "A"}, None)
    assert (last.path, last.facts["title"]) == (tmp_path / "c.mp4", "C, or not")
    assert broken.trouble.startswith("row 2 of list.csv: ")
    assert broken.address is None


@pytest.mark.parametrize(
    "address", ["zip://a::b::c://", "tar://x.mp4", "zip://f.mp4::nowhere", "http://[::1/b.mp4"]
)
def test_odd_addresses_cost_their_row_at_most(tmp_path, address):
    place = tmp_path / "list.csv"
    place.write_text(f"path\na.mp4\n{address}\nc.mp4\n")
    assert [film.path.name for film in read_manifest(str(place))][::2] == ["a.mp4", "c.mp4"]


def test_text_of_two_lines_is_one_value(tmp_path):
    place = tmp_path / "list.csv"
    place.write_text('path,title\na.mp4,"A\nfilm"\n,\nb.mp4,B\n')
    films = read_manifest(str(place))
    assert [film.facts["title"] for film in films] == ["A film", "B"]
    assert not any(film.trouble for film in films)


def test_broken_cells_of_parquet_cost_their_row(tmp_path):
    place = tmp_path / "list.parquet"
    paths = [b"a.mp4", b"\xff.mp4", None, b"d.mp4"]
    pd.DataFrame({"path": paths, "subtitle_offset_seconds": [1.0, 2.0, 3.0, None]}).to_parquet(
        place
    )
    films = read_manifest(str(place))
    assert [film.trouble is None for film in films] == [True, False, False, True]
    assert [film.path.name for film in films][::3] == ["a.mp4", "d.mp4"]


@given(st.binary(max_size=200) | st.lists(st.sampled_from(BROKEN)).map(b"\n".join))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_cost_the_good_rows(tmp_path, noise):
    place = tmp_path / "list.csv"
    place.write_bytes(b"path,title\nfirst.mp4,A\n" + noise.replace(b'"', b"") + b"\nlast.mp4,Z\n")
    names = [film.path.name for film in read_manifest(str(place)) if film.trouble is None]
    assert names[0] == "first.mp4"
    assert "last.mp4" in names


@pytest.mark.parametrize(
    "address", ["memory://lists/gone.csv", "https://ann:secret@127.0.0.1:9/list.csv?token=secret"]
)
def test_manifest_that_cannot_be_fetched_is_named_without_secrets(address):
    with pytest.raises(FilmsError) as caught:
        read_manifest(address)
    assert "secret" not in str(caught.value)
    assert "list" in str(caught.value)
