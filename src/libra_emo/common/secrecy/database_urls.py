"""URLs of databases, whose passwords may hold any character; SQLAlchemy is loaded on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from libra_emo.common.secrecy.addresses import UNCLEAR, is_address, parse_address

if TYPE_CHECKING:
    import sqlalchemy as sa


def read_url(url: str) -> sa.URL:
    """Return the URL of a database; its password may hold characters that should be escaped.

    SQLAlchemy takes what follows the first @ as host, and shows it when the host is not found.

    Raises:
        ArgumentError: If the URL is not valid, or it is unclear where its password ends.
    """
    import sqlalchemy as sa

    if url.startswith("sqlite") or not is_address(url):
        return sa.make_url(url)
    address = parse_address(url)
    if UNCLEAR in address.shown:
        raise sa.exc.ArgumentError(
            "it is unclear where the password of the database's URL ends; write @, /, ? and # in "
            "it as %40, %2F, %3F and %23"
        )
    (login,) = address.credentials
    query = f"?{login.query.get_secret_value()}" if login.query else ""
    parsed = sa.make_url(address.shown + query)
    if login.username is None:
        return parsed
    password = login.password.get_secret_value() if login.password else None
    return parsed.set(username=login.username.get_secret_value(), password=password)
