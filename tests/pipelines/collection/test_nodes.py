"""The nodes of the collection: a list in, films and tables out, without network."""

import datetime
import json

import pytest
from support.film_pages import NO_PAUSE

from libra_emo.collection.errors import CollectionError, FetchError
from libra_emo.collection.fetcher import FetchedFiles
from libra_emo.collection.options import CollectionOptions
from libra_emo.common.digests import digest_bytes
from libra_emo.common.takedowns.log import LOG, salt_value
from libra_emo.pipelines.collection.nodes import collect_films, reread_licences
from libra_emo.schemas import CollectedFilms, empty


class Site:
    """Pages of our own making by address; each film is its address as bytes."""

    def __init__(self, licences):
        self.licences = licences

    def read_page(self, address):
        if address not in self.licences:
            raise FetchError("Video unavailable")
        return {"id": address[-1], "title": address, "license": self.licences[address]}

    def fetch(self, page, folder):
        path = folder / "film.mp4"
        path.write_bytes(page["title"].encode())
        return FetchedFiles(path)


ONE, TWO, THREE = (f"https://films.example.org/{name}" for name in "abc")


def collect(tmp_path, films=None, **more):
    path = tmp_path / "list.csv"
    path.write_text(f"address,theme\n{ONE},drama\n{TWO},comedy\n{THREE},drama\n")
    options = CollectionOptions(addresses=str(path), **NO_PAUSE)
    site = Site({ONE: "CC0-1.0", TWO: None})
    day = datetime.date(2026, 11, 2)
    place = films or str(tmp_path / "films")
    return collect_films(place, options, 7, tmp_path / "work", site, day, **more)


def test_every_address_has_its_row(tmp_path):
    table, counts = collect(tmp_path)
    assert table["status"].tolist() == ["fetched", "refused", "failed"]
    assert table["address"].tolist() == [ONE, TWO, THREE]
    assert counts.loc[counts["kind"] == "theme", "films"].tolist() == [1]
    assert (tmp_path / "films" / table["file"][0]).read_bytes() == ONE.encode()


@pytest.mark.parametrize("films", ["s3://films/all", "list.csv", "https://x.example/films"])
def test_films_must_be_a_folder_here(tmp_path, films):
    with pytest.raises(CollectionError, match="needs a folder"):
        collect(tmp_path, films)


def test_licences_are_read_again_for_collected_films_alone(tmp_path):
    table, _ = collect(tmp_path)
    options = CollectionOptions(**NO_PAUSE)
    again = reread_licences(table, options, 7, Site({ONE: "CC-BY-4.0"}))
    assert again["held"].str.contains("was CC0-1.0 when the film was collected").tolist() == [True]
    assert reread_licences(empty(CollectedFilms), options, 7).empty


@pytest.mark.parametrize("fact", ["address", "content"])
def test_what_was_taken_down_is_not_collected_again(tmp_path, fact):
    salt, value = "ab" * 8, {"address": ONE, "content": digest_bytes(ONE.encode())}[fact]
    digests = {kind: [] for kind in ("content", "address", "author")}
    digests[fact] = [salt_value(salt, fact, value)]
    (tmp_path / LOG).write_text(json.dumps({"number": 1, "salt": salt, "digests": digests}))
    table, _ = collect(tmp_path, takedowns_folder=tmp_path)
    row = table.iloc[0]
    assert row["address"].startswith("taken-down:") and row["reason"] == "taken down"
    assert not list(tmp_path.glob("films/*"))
    archive = tmp_path / "work/archive.jsonl"
    assert ONE not in archive.read_text()
