"""A database of PostgreSQL for a test, on the server that LIBRA_EMO_TEST_POSTGRES names."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A fresh database, dropped afterwards."""
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
