from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.ballots import VOTERS
from support.postgres import postgres_url  # noqa: F401 - a fixture

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.store import VoteStore
from libra_emo.taxonomy import Taxonomy, read_taxonomy


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return read_taxonomy()


@pytest.fixture(scope="session")
def bench(taxonomy: Taxonomy) -> Campaign:
    return Campaign.of("bench", taxonomy, annotators_per_clip=8, threshold=4)


@pytest.fixture(scope="session")
def rounds(taxonomy: Taxonomy) -> Campaign:
    return Campaign.of("round_1", taxonomy, annotators_per_clip=4, threshold=2)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/answers/votes.db"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> VoteStore:
    """A store without votes, on each kind of database."""
    store = VoteStore(request.getfixturevalue(f"{request.param}_url"))
    store.add_annotators(VOTERS, datetime(2025, 1, 1, tzinfo=UTC))
    return store
