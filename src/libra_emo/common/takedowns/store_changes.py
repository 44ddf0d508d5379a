"""Changes of a database that is no file of the project's data: written down, then made at once.

A change names rows by values of their columns, so it may be made again. All changes of a store are
one transaction. Its address is read from the credentials when it is needed, and is never written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from libra_emo.common.files import write_text
from libra_emo.common.secrecy.database_urls import read_url
from libra_emo.errors import LibraEmoError

SQLITE: Final = "sqlite:///"
HELP: Final = "check the credentials and the server, and start again; until then nothing else runs"


class StoreChangeError(LibraEmoError):
    """A takedown was begun, and a store that it changes cannot be reached."""


@dataclass(frozen=True)
class Change:
    """A change of some rows of a table.

    Attributes:
        table: Name of the table.
        match: Values of columns that the rows have.
        schema: Its schema; None for the default one.
        values: New values of columns; None if the rows are removed.
        through: A table, and the column that both have: rows are meant whose value in that column
            belongs to a row of that table which has the values of `match`.
    """

    table: str
    match: dict[str, Any]
    schema: str | None = None
    values: dict[str, Any] | None = None
    through: tuple[str, str] | None = None


@dataclass(frozen=True)
class StorePlace:
    """Where the address of a store is written.

    Attributes:
        file: File of credentials, relative to the project's folder.
        section: Its section.
    """

    file: str
    section: str

    def __str__(self) -> str:
        return f"{self.section} in {self.file}"


@dataclass(frozen=True)
class StoreChanges:
    """All changes of a store.

    Attributes:
        place: Where its address is written.
        changes: The changes, in their order.
    """

    place: StorePlace
    changes: list[Change] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write them to a file."""
        content = {"place": asdict(self.place), "changes": list(map(asdict, self.changes))}
        write_text(path, json.dumps(content))


def read_changes(path: Path) -> StoreChanges:
    """Return the changes that were written to a file."""
    content = json.loads(path.read_text("utf-8"))
    changes = [
        Change(**{**change, "through": tuple(change["through"]) if change["through"] else None})
        for change in content["changes"]
    ]
    return StoreChanges(StorePlace(**content["place"]), changes)


def read_address(project: Path, place: StorePlace) -> str | None:
    """Return the address of a store as the credentials have it; None if they have none.

    The file of a relative SQLite address lies in the project's folder.
    """
    import yaml

    try:
        content = yaml.safe_load((project / place.file).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return None
    entry = content.get(place.section) if isinstance(content, dict) else None
    url = entry.get("url") if isinstance(entry, dict) else entry
    if not url:
        return None
    if str(url).startswith(SQLITE):
        return f"{SQLITE}{project / str(url).removeprefix(SQLITE)}"
    return str(url)


def apply_changes(project: Path, changes: StoreChanges) -> None:
    """Make the changes of a store in one transaction.

    Raises:
        StoreChangeError: If the store cannot be reached. Nothing in it is changed then.
    """
    import sqlalchemy as sa

    url = read_address(project, changes.place)
    if url is None:
        raise StoreChangeError(f"{changes.place}: the address of the store is missing; {HELP}")
    try:
        engine = sa.create_engine(read_url(url), poolclass=sa.NullPool)
        with engine.begin() as connection:
            _hide_old_pages(connection)
            for change in changes.changes:
                connection.execute(_make_statement(change))
        _clean_file(engine)
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        cause = " ".join(str(getattr(error, "orig", None) or type(error).__name__).split())
        raise StoreChangeError(f"{changes.place}: {cause}; {HELP}") from error


def _make_statement(change: Change) -> Any:
    import sqlalchemy as sa

    def table_of(name: str, columns: Iterable[str]) -> Any:
        return sa.table(name, *map(sa.column, columns), schema=change.schema)

    if change.through is None:
        table = table_of(change.table, {*change.match, *(change.values or {})})
        rows = sa.and_(*(table.c[name] == value for name, value in change.match.items()))
    else:
        other, link = change.through
        table, far = table_of(change.table, [link]), table_of(other, {link, *change.match})
        meant = sa.and_(*(far.c[name] == value for name, value in change.match.items()))
        rows = table.c[link].in_(sa.select(far.c[link]).where(meant))
    if change.values is None:
        return sa.delete(table).where(rows)
    return sa.update(table).where(rows).values(**change.values)


def _hide_old_pages(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def _clean_file(engine: Any) -> None:
    """Write a SQLite file anew, so that neither a free page nor its log keeps what went."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
