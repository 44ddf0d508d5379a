"""Films are known wherever something of them is left."""

import sqlite3

import pytest
from support.film_project import ADDRESS, CLIP, DIGEST, FILM, OTHER, make_project

from libra_emo.publication.takedown.known_films import list_known


def test_every_place_is_asked(tmp_path):
    known = list_known(make_project(tmp_path) / "data")
    assert {FILM, OTHER} <= {film.film_id for film in known}
    assert DIGEST in {film.sha256 for film in known}
    assert ADDRESS in {film.url for film in known}


@pytest.mark.parametrize("campaigns", [True, False])
def test_a_film_that_is_only_in_a_store_is_known(tmp_path, campaigns):
    (tmp_path / "01_raw").mkdir()
    connection = sqlite3.connect(tmp_path / "01_raw/annotations.sqlite", isolation_level=None)
    connection.execute("CREATE TABLE votes (clip_id TEXT)")
    connection.execute("INSERT INTO votes VALUES (?)", (CLIP,))
    if campaigns:
        connection.execute("CREATE TABLE campaign_clips (clip_id TEXT)")
    connection.close()
    assert [film.film_id for film in list_known(tmp_path)] == [FILM]


def test_what_cannot_be_read_costs_only_itself(tmp_path):
    for name in ("01_raw", "02_intermediate", "03_primary", "09_release/1.0.0"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "02_intermediate/sources.parquet").write_bytes(b"torn")
    (tmp_path / "01_raw/annotations.sqlite").write_bytes(b"torn")
    (tmp_path / "09_release/1.0.0/release.json").write_text("[]")
    (tmp_path / "03_primary/split.csv").write_text(f"sha256,source_id,side\n,{FILM},pool\n")
    assert [film.film_id for film in list_known(tmp_path)] == [FILM]
