from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from support.ballots import VOTERS

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


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A fresh database on the server that LIBRA_EMO_TEST_POSTGRES names, dropped afterwards."""
    server = os.environ.get("LIBRA_EMO_TEST_POSTGRES")
    if not server:
        pytest.skip("LIBRA_EMO_TEST_POSTGRES names no server")
    name = f"libra_emo_test_{uuid.uuid4().hex}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> VoteStore:
    """A store without votes, on each kind of database."""
    store = VoteStore(request.getfixturevalue(f"{request.param}_url"))
    store.add_annotators(VOTERS, datetime(2025, 1, 1, tzinfo=UTC))
    return store
