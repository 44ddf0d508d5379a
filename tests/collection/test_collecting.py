"""The collection against a site on loopback, by yt-dlp itself."""

import datetime
import json
import shutil

import av
import pandas as pd
import pytest
from support.film_pages import draw_film, open_fetcher, serve_films

from libra_emo.collection.address_list import Listed
from libra_emo.collection.archive import Archive
from libra_emo.collection.collecting import Collection
from libra_emo.common.addresses.normal_form import normalise_address
from libra_emo.common.digests import digest_file

pytest.importorskip("yt_dlp")
DAY = datetime.date(2026, 11, 2)
STANDARD = "Standard YouTube License"


@pytest.fixture(scope="module")
def contents(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn")
    kinds = {"whole.mp4": {}, "picture.mp4": {"sound": False}, "sound.m4a": {"picture": False}}
    return {name: draw_film(folder / name, **kind) for name, kind in kinds.items()}


@pytest.fixture
def site(contents):
    with serve_films() as site:
        site.files |= contents
        yield site


@pytest.fixture
def collect(tmp_path):
    """Collect a list of addresses; return the table, the counts and the pauses."""
    slept = []

    def run(*addresses, rows=None, **options):
        fetcher, options = open_fetcher(**options)
        run = Collection(
            fetcher, options, tmp_path / "films", tmp_path / "work", 7, DAY, slept.append
        )
        listed = rows or [Listed(normalise_address(one), one) for one in addresses]
        table, counts = run.collect(listed)
        return table.set_index("address"), counts

    run.slept = slept
    return run


def files_asked(site):
    return [path for path in site.asked if path.startswith("files/")]


def names(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_film_comes_with_its_subtitle_and_the_listed_fields_alone(site, collect, tmp_path):
    address = site.add("one")
    table, counts = collect(address)
    row = table.loc[normalise_address(address)]
    assert (row["status"], row["license"], row["author"]) == ("fetched", "CC-BY-3.0", "A. Author")
    assert row["license_text"] == "Creative Commons Attribution license (reuse allowed)"
    assert (row["theme"], row["language"], row["subtitles"]) == ("drama", "en", "en")
    assert row["read_on"] == row["fetched_on"] == "2026-11-02"
    film = tmp_path / "films" / row["file"]
    assert digest_file(film) == row["sha256"] and film.read_bytes() == site.files["whole.mp4"]
    assert [name.partition(".")[2] for name in names(tmp_path / "films")] == [
        *("en.vtt", "info.json", "mp4")
    ]
    beside = json.loads(next((tmp_path / "films").glob("*.info.json")).read_text())
    assert set(beside) == {
        *("id", "extractor_key", "title", "webpage_url", "uploader", "license", "license_text"),
        *("duration", "language", "categories", "theme"),
    } - ({"duration"} - set(beside))
    assert beside["license"] == "CC-BY-3.0"
    assert site.cookies == [None] * len(site.cookies)
    assert counts.to_dict("records")[0]["films"] == 1


def test_preprocessing_reads_what_was_collected(site, collect, tmp_path):
    from libra_emo.media.sources import list_beside
    from libra_emo.media.sources.sidecars import find_subtitle_files, read_sidecar

    table, _ = collect(site.add("one"))
    film = tmp_path / "films" / table["file"].iloc[0]
    facts = read_sidecar(film)
    assert (facts["license"], facts["author"], facts["theme"]) == (
        "CC-BY-3.0",
        "A. Author",
        "drama",
    )
    assert [file.language for file in find_subtitle_files(film)] == ["en"]
    assert len(list_beside(film)) == 2


@pytest.mark.parametrize("licence", [None, "", "  ", STANDARD, "CC BY", "free", "CC-BY-ND-4.0"])
def test_a_closed_gate_lets_nothing_but_the_page_be_asked_for(site, collect, tmp_path, licence):
    table, _ = collect(site.add("one", licence))
    assert table["status"].tolist() == ["refused"]
    assert set(site.asked) == {"watch/one"}
    assert not (tmp_path / "films").exists()


def test_allowed_licences_are_those_that_are_named(site, collect):
    one, two = site.add("one", "CC0-1.0"), site.add("two", "CC-BY-4.0")
    table, _ = collect(one, two, allowed_licenses=("CC0-1.0",))
    assert table["status"].tolist() == ["fetched", "refused"]
    assert "CC-BY-4.0 is not among" in table["reason"].iloc[1]


def test_nothing_is_fetched_twice(site, collect):
    one, two = site.add("one"), site.add("two", STANDARD)
    first, _ = collect(one, two)
    asked = list(site.asked)
    again, _ = collect(one, two)
    assert site.asked == asked and again.equals(first)
    collect(one, two, refused_again=True)
    assert site.asked == [*asked, "watch/two"]


def test_spellings_of_an_address_are_one_film(site, tmp_path):
    from libra_emo.collection.address_list import read_addresses

    address = site.add("one")
    path = tmp_path / "list.csv"
    path.write_text(f"address\n{address}\n{address}/?utm_source=x#t\nHTTP{address[4:]}\n")
    assert len(read_addresses(path)) == 1


def test_picture_and_sound_apart_become_one_file_without_another_program(
    site, collect, tmp_path, monkeypatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    formats = [
        {"format_id": "v", "file": "picture.mp4", "ext": "mp4", "vcodec": "h264", "acodec": "none"}
        | {"height": 48},
        {"format_id": "a", "file": "sound.m4a", "ext": "m4a", "vcodec": "none", "acodec": "aac"},
    ]
    table, _ = collect(site.add("one", formats=formats))
    assert table["status"].tolist() == ["fetched"], table["reason"].tolist()
    with av.open(str(tmp_path / "films" / table["file"].iloc[0])) as film:
        assert len(film.streams.video) == len(film.streams.audio) == 1
        assert sum(1 for _ in film.decode(video=0)) == 12
    with av.open(str(tmp_path / "films" / table["file"].iloc[0])) as film:
        assert sum(frame.samples for frame in film.decode(audio=0)) >= 16_000


def test_what_fails_costs_only_itself_and_is_tried_again(site, collect, tmp_path):
    missing = f"http://127.0.0.1:{site.server_port}/watch/nothing"
    one, two = site.add("one"), site.add("two")
    site.pages["one"]["formats"][0]["file"] = "late.mp4"
    table, _ = collect(missing, one, two)
    assert table["status"].tolist() == ["failed", "failed", "fetched"]
    assert table["reason"].str.contains("404").tolist()[:2] == [True, True]
    assert not table["reason"].fillna("").str.contains("\x1b|\n|please report").any()
    site.files["late.mp4"] = site.files["whole.mp4"]
    table, _ = collect(missing, one, two)
    assert table["status"].tolist() == ["failed", "fetched", "fetched"]
    assert len(list((tmp_path / "films").glob("*.mp4"))) == 2


def test_a_transfer_that_breaks_off_is_no_film(site, collect, tmp_path):
    address = site.add("one")
    site.broken.add("whole.mp4")
    table, _ = collect(address)
    assert table["status"].tolist() == ["failed"] and not (tmp_path / "films").exists()
    site.broken.clear()
    table, _ = collect(address)
    assert table["status"].tolist() == ["fetched"]
    film = tmp_path / "films" / table["file"].iloc[0]
    assert film.read_bytes() == site.files["whole.mp4"]


def test_a_run_that_is_killed_between_two_writes_goes_on(site, collect, tmp_path, monkeypatch):
    from libra_emo.collection import collecting

    class Killed(BaseException):
        pass

    def kill(*_):
        raise Killed

    address = site.add("one")
    for owner, name in ((Archive, "add"), (collecting, "place")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, kill)
            with pytest.raises(Killed):
                collect(address)
        assert not list((tmp_path / "films").glob("*.mp4"))
        before = files_asked(site)
        table, _ = collect(address)
        assert files_asked(site) == before, "it was fetched again"
        assert table["status"].tolist() == ["fetched"]
        assert names(tmp_path / "work") == ["archive.jsonl"]
        shutil.rmtree(tmp_path / "work")
        shutil.rmtree(tmp_path / "films")


def test_a_torn_archive_loses_its_last_line_alone(site, collect, tmp_path):
    one, two = site.add("one"), site.add("two")
    collect(one, two)
    path = tmp_path / "work/archive.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    before = len(site.asked)
    table, _ = collect(one, two)
    assert table["status"].tolist() == ["fetched", "fetched"]
    assert "watch/one" not in site.asked[before:] and "watch/two" in site.asked[before:]
    assert len(path.read_text().splitlines()) == 2


def test_films_beyond_the_targets_wait(site, collect):
    addresses = [site.add(name) for name in ("one", "two", "three")]
    rows = [Listed(normalise_address(one), one, "drama", "en") for one in addresses[:2]]
    rows.append(Listed(normalise_address(addresses[2]), addresses[2], "comedy", "zh"))
    targets = {"themes": {"drama": 1, "comedy": 2}, "languages": {"en": 5}}
    table, counts = collect(rows=rows, targets=targets)
    assert table["status"].tolist() == ["fetched", "waiting", "fetched"]
    assert "1 films of the theme drama" in table["reason"].iloc[1]
    assert counts.fillna(-1).to_dict("records") == [
        {"kind": "theme", "name": "comedy", "films": 1, "target": 2},
        {"kind": "theme", "name": "drama", "films": 1, "target": 1},
        {"kind": "language", "name": "en", "films": 1, "target": 5},
        {"kind": "language", "name": "zh", "films": 1, "target": -1},
    ]
    table, _ = collect(rows=rows, targets={})
    assert table["status"].tolist() == ["fetched"] * 3


def test_pauses_lie_between_films(site, collect):
    addresses = [site.add(name) for name in ("one", "two", "three")]
    collect(*addresses, min_wait_seconds=5, max_wait_seconds=10)
    assert len(collect.slept) == 2 and all(5 <= pause <= 10 for pause in collect.slept)
    assert len(set(collect.slept)) == 2
    collect(*addresses, min_wait_seconds=5, max_wait_seconds=10)
    assert len(collect.slept) == 2, "a pause without a request"


def test_cookies_are_sent_only_where_they_are_given(site, collect, tmp_path):
    cookies = tmp_path / "cookies.txt"
    cookies.write_text("# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tname\tvalue\n")
    collect(site.add("one"), cookies=str(cookies))
    assert set(site.cookies) == {"name=value"}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"is_live": True}, "broadcast live"),
        ({"_type": "playlist", "entries": []}, "a list of films"),
        ({"formats": []}, "format"),
    ],
)
def test_pages_without_a_film_say_so(site, collect, facts, reason):
    table, _ = collect(site.add("one", **facts))
    assert table["status"].tolist() == ["failed"]
    assert reason in table["reason"].iloc[0]


def test_rows_that_are_no_addresses_are_in_the_table(collect):
    table, counts = collect(rows=[Listed("row 2: nothing", "nothing", trouble="no address")])
    assert table["status"].tolist() == ["failed"] and counts.empty
    assert isinstance(table, pd.DataFrame)
