"""Brings the tables of a store to their present shape, whatever version of it made them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from libra_emo.annotation.database.engine import writing
from libra_emo.annotation.database.tables import METADATA
from libra_emo.errors import LibraEmoError

LATEST: Final = "0008"
FIRST: Final = "0001"  # the shape of the stores that name no version
LOCK_NUMBER: Final = 1_279_869_519  # of the project's own choice; PostgreSQL's locks are numbered
SCRIPTS: Final = Path(__file__).parent / "migrations"
_VERSION: Final = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String))


class StoreVersionError(LibraEmoError):
    """A store was made by a later version of the project."""


def prepare_tables(engine: sa.Engine) -> None:
    """Make the tables of a new store, or bring those of an older one to their present shape.

    One transaction does it, so a killed migration leaves the store as it was. Another process may
    do the same at the same time.

    Raises:
        StoreVersionError: If the store is newer than this version of the project.
    """
    attempts = 5
    for attempt in range(1, attempts + 1):
        try:
            with engine.begin() as connection:
                if find_version(connection) == LATEST:
                    return
            with writing(engine) as connection:
                _prepare(connection)
            return
        except sa.exc.DBAPIError:
            if attempt == attempts:
                raise
            time.sleep(0.1 * attempt)


def find_version(connection: sa.Connection) -> str | None:
    """Return the version of a store's tables, or None if it has none yet."""
    tables = set(sa.inspect(connection).get_table_names())
    if _VERSION.name in tables:
        return str(connection.execute(sa.select(_VERSION.c.version_num)).scalar_one())
    return FIRST if "votes" in tables else None


def _prepare(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK_NUMBER)))
    version = find_version(connection)
    if version == LATEST:
        return
    if version is None:
        METADATA.create_all(connection)
        _migrate(connection, stamp=LATEST)
        return
    _migrate(connection, stamp=FIRST if version == FIRST else None)
    _migrate(connection)


def _migrate(connection: sa.Connection, stamp: str | None = None) -> None:
    """Run Alembic inside the open transaction: note a version, or go up to the latest."""
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", SCRIPTS.as_posix().replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    try:
        if stamp is None:
            command.upgrade(config, "head")
        else:
            command.stamp(config, stamp)
    except CommandError as error:
        raise StoreVersionError(
            f"the store of votes has tables of a later version ({error}); update the project"
        ) from error
