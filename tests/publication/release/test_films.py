"""Which films are released, in which split, with or without copies."""

import pandas as pd
import pytest
from support.small_release import digest, make_world

from libra_emo.publication.errors import ReleaseError
from libra_emo.publication.release.films import list_films
from libra_emo.schemas import LicenceReadings, check, empty

NOTHING = empty(LicenceReadings)


def read(film, **facts):
    row = {"sha256": digest(film), "address": "https://x.example/a", "license_text": None}
    row |= {"read_on": None, "info_sha256": None, "held": None} | facts
    return check(pd.DataFrame([row]), LicenceReadings)


def test_sides_become_splits_and_licences_decide_about_copies():
    world = make_world()
    films, held = list_films(world.sources, world.split, NOTHING)
    assert held.empty
    known = films.set_index("film_id")
    assert known["split"].to_dict() == {
        **{"asked-00000004": "test", "bench-00000002": "test"},
        **{"own-00000001": "train", "whole-00000003": "train"},
    }
    assert known["license"].to_dict()["bench-00000002"] == "CC-BY-3.0"
    assert known.loc[~known["copies"], "reason"].to_dict() == {
        "asked-00000004": "its licence is not known",
        "whole-00000003": "CC-BY-ND-4.0 permits no excerpts",
    }


@pytest.mark.parametrize("licence", ["", "  ", None, "Standard YouTube License", "CC-BY", "free"])
def test_what_is_unknown_permits_nothing(licence):
    world = make_world()
    films, _ = list_films(world.sources.assign(license=licence), world.split, NOTHING)
    assert not films["copies"].any() and films["license"].isna().all()


def test_a_held_film_is_in_no_list_of_films():
    world = make_world()
    readings = read("own-00000001", held="its licence was CC0-1.0 and is now unknown")
    films, held = list_films(world.sources, world.split, readings)
    assert "own-00000001" not in set(films["film_id"])
    assert held.to_dict("records") == [
        {"film_id": "own-00000001", "reason": "its licence was CC0-1.0 and is now unknown"}
    ]


def test_what_was_read_when_the_film_was_collected_counts_before_the_sidecar():
    world = make_world()
    readings = read("asked-00000004", license_text="CC BY 4.0", read_on="2026-11-02")
    films, _ = list_films(world.sources, world.split, readings)
    row = films.set_index("film_id").loc["asked-00000004"]
    assert row["license"] == "CC-BY-4.0" and row["copies"]
    assert row["license_read_on"] == "2026-11-02"


def test_one_content_on_two_sides_is_an_error():
    world = make_world()
    split = world.split.assign(sha256="1" * 64)
    with pytest.raises(ReleaseError, match="two sides"):
        list_films(world.sources, split, NOTHING)


def test_logins_in_addresses_are_not_released():
    world = make_world()
    sources = world.sources.assign(url="https://ann:secret@films.example.org/a.mp4?token=abc")
    films, _ = list_films(sources, world.split, NOTHING)
    assert not films["url"].str.contains("secret|token=abc").any()
