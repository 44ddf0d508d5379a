"""Server processes are killed while 20 people answer: every acknowledged vote is stored once."""

from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("database", "workers"),
    [("sqlite", 1), ("sqlite", 4), pytest.param("postgres", 4, marks=pytest.mark.postgres)],
)
def test_every_acknowledged_vote_is_stored_once(tmp_path, monkeypatch, request, database, workers):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from annotation_kills import measure_kills

    url = request.getfixturevalue("postgres_url") if database == "postgres" else None
    figures = measure_kills(tmp_path, votes=600, workers=workers, kills=2, url=url)
    assert figures["votes_acknowledged"] == figures["votes_stored"] == 600
    assert figures["votes_twice"] == figures["votes_lost"] == figures["places_exceeded"] == 0
    assert figures["votes_without_details"] == 0
    assert figures["kills"] == 2 and figures["repeats"] > 0
    log = (tmp_path / "server.log").read_text()
    assert "/join/" not in log and "GET" not in log  # links are secrets
