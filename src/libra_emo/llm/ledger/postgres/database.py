"""The database of a ledger, its tables, and connections to it."""

from __future__ import annotations

from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from libra_emo.common.secrecy.database_urls import read_url
from libra_emo.llm.ledger.connection import Connection
from libra_emo.llm.ledger.errors import LedgerError
from libra_emo.llm.ledger.postgres.sessions import OwnerSessions
from libra_emo.llm.ledger.postgres.statements import PostgresConnection, first_line

if TYPE_CHECKING:
    import psycopg
    import sqlalchemy as sa

TABLES: Final = "ledger_tables.sql"
EXTRA: Final = "install it with `.venv/bin/uv pip install -c constraints.txt -e '.[postgres]'`"
# a caller whose machine is gone counts as ended after 35 seconds, on the server and here
_SERVER_OPTIONS: Final = (
    "-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4"
    " -c lock_timeout=600000"
)
_CLIENT_OPTIONS: Final[dict[str, Any]] = {
    "connect_timeout": 10,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "application_name": "libra_emo",
}


class PostgresDatabase:
    """The database of a ledger, in which each ledger has a schema of its own.

    Args:
        url: URL of the database, such as `postgresql+psycopg://user:password@host/name`.
        path: Path whose name without ending is the schema's name.

    Attributes:
        name: What messages call the ledger; it has no login.

    Raises:
        LedgerError: If the URL is none of PostgreSQL.
    """

    def __init__(self, url: str, path: Path) -> None:
        self._url = _read(url)
        self._schema = path.stem
        self._folder = path.parent
        self.name = f"{self._url.host or 'local'}/{self._url.database} (schema {self._schema})"

    def open(self) -> tuple[PostgresConnection, PostgresConnection]:
        """Return a connection for reading and one for writing; the tables exist then.

        Raises:
            LedgerError: If the database cannot be reached, or psycopg is not installed.
        """
        try:
            import psycopg
        except ImportError as error:
            raise LedgerError(f"a ledger in PostgreSQL needs psycopg; {EXTRA}") from error
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            with closing(self._connect()) as connection:
                self._make_tables(connection)
            reading, writing = (PostgresConnection(self._connect()) for _ in range(2))
        except psycopg.Error as error:
            raise self.explain(error) from None
        return reading, writing

    def owners(self, reading: Connection, writing: Connection) -> OwnerSessions:
        """Return the locks by which living owners are known."""
        return OwnerSessions(reading, writing)

    def begin(self, connection: Connection, durable: bool) -> None:
        """Begin a transaction that writes; the other callers wait for its end."""
        connection.execute("BEGIN")
        connection.execute(f"SET LOCAL synchronous_commit = {'on' if durable else 'off'}")
        connection.execute("SELECT pg_advisory_xact_lock(hashtext(?))", (self._schema,))

    def explain(self, error: Exception) -> LedgerError:
        """Return an error of the database as a line that names the ledger."""
        return LedgerError(f"the ledger in {self.name} cannot be used: {first_line(error)}")

    def keep_copy(self, reading: Connection) -> None:
        """Keep no copy: a server is backed up by those who run it."""

    def closed(self) -> None:
        """Note nothing: others may have the ledger open."""

    def _connect(self) -> psycopg.Connection[Any]:
        import psycopg
        from psycopg import sql

        query: dict[str, Any] = dict(self._url.query)
        given = {
            "host": self._url.host,
            "port": self._url.port,
            "user": self._url.username,
            "password": self._url.password,
            "dbname": self._url.database,
        }
        options = f"{query.pop('options', '')} {_SERVER_OPTIONS}".strip()
        connection: psycopg.Connection[Any] = psycopg.connect(
            **{**_CLIENT_OPTIONS, **given, **query, "options": options}, autocommit=True
        )
        connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(self._schema)))
        return connection

    def _make_tables(self, connection: psycopg.Connection[Any]) -> None:
        """Make the schema and its tables, unless they are there."""
        from psycopg import sql

        if connection.execute("SELECT to_regclass('reservations')").fetchone()[0]:  # type: ignore[index]
            return
        tables = files(__package__).joinpath(TABLES).read_text(encoding="utf-8")
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (self._schema,))
            schema = sql.Identifier(self._schema)
            connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(schema))
            connection.execute(tables.encode())


def _read(url: str) -> sa.URL:
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = read_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or parsed.get_backend_name() != "postgresql" or not parsed.database:
        raise LedgerError(
            "answer_ledger in the credentials is no URL of a PostgreSQL database, such as "
            "postgresql+psycopg://user:password@host/name; leave it empty for SQLite files"
        )
    return parsed
