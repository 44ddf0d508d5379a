"""Licences read again at a release: what changed, or cannot be read, is held."""

import pytest

from libra_emo.collection.errors import FetchError
from libra_emo.collection.options import CollectionOptions
from libra_emo.collection.rereading import read_licences_again
from libra_emo.schemas import CollectedFilms, check, empty

ADDRESS = "https://youtube.com/watch?v=AAAAAAAAAA1"


class Pages:
    def __init__(self, licence):
        self.licence, self.asked = licence, []

    def read_page(self, address):
        self.asked.append(address)
        if isinstance(self.licence, Exception):
            raise self.licence
        return {"title": "A film", "license": self.licence}


def make_films(count=1, **facts):
    import pandas as pd

    row = dict.fromkeys(CollectedFilms.to_schema().columns)
    known = {"status": "fetched", "license": "CC-BY-3.0", "license_text": "CC BY 3.0"}
    rows = [
        {**row, **known, "address": f"{ADDRESS}{n}", "sha256": str(n) * 64, "read_on": "2026-11-02"}
        | facts
        for n in range(count)
    ]
    return check(pd.DataFrame(rows), CollectedFilms)


def reread(films, pages, slept=None):
    slept = [] if slept is None else slept
    return read_licences_again(films, pages, CollectionOptions(), 7, slept.append)


@pytest.mark.parametrize(
    "licence", ["CC-BY-3.0", "Creative Commons Attribution license (reuse allowed)"]
)
def test_the_same_licence_in_any_words_is_not_held(licence):
    table = reread(make_films(), Pages(licence))
    assert table["held"].isna().all()
    assert table["read_on"].tolist() == ["2026-11-02"]  # so that a release stays the same


@pytest.mark.parametrize(
    "licence", [None, "", "Standard YouTube License", "CC-BY-4.0", "CC-BY-ND-3.0", "CC0-1.0"]
)
def test_another_licence_is_held(licence):
    table = reread(make_films(), Pages(licence))
    assert table["held"].str.startswith("its licence was CC-BY-3.0 when").all()


def test_what_cannot_be_read_is_held():
    table = reread(make_films(), Pages(FetchError("Video unavailable")))
    assert table["held"].tolist() == ["its licence cannot be read again: Video unavailable"]


def test_only_films_that_were_fetched_are_asked_about_with_pauses():
    pages, slept = Pages("CC-BY-3.0"), []
    assert len(reread(make_films(3), pages, slept)) == 3
    assert len(slept) == 2 and all(5 <= pause <= 10 for pause in slept)
    pages = Pages("CC-BY-3.0")
    assert reread(make_films(status="refused"), pages).empty
    assert reread(empty(CollectedFilms), pages).empty
    assert pages.asked == []
