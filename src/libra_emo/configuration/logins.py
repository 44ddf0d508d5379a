"""Takes logins out of addresses in the configuration, before anything else can see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from libra_emo.common.secrecy.addresses import Address, is_address, parse_address

FILMS: Final = "films"
GROUP: Final = "film_logins"


def take_out_film_login(parameters: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Replace the address of the films by one without its login, and return the login by address.

    Args:
        parameters: All parameters, merged; changed in place.
    """
    films = parameters.get(FILMS)
    if not isinstance(films, str) or not is_address(films):
        return {}
    address = parse_address(films)
    parameters[FILMS] = address.shown
    return dict(_list_logins(address))


def find_logins(values: Any, key: str = "") -> Iterator[str]:
    """Yield the full keys of values that are addresses with a user or a password."""
    if isinstance(values, dict):
        for name, value in values.items():
            yield from find_logins(value, f"{key}.{name}" if key else str(name))
    elif isinstance(values, list | tuple):
        for number, value in enumerate(values):
            yield from find_logins(value, f"{key}.{number}")
    elif isinstance(values, str) and is_address(values) and parse_address(values).has_credentials:
        yield key


def _list_logins(address: Address) -> Iterator[tuple[str, dict[str, str]]]:
    for link, credentials in zip(address.links, address.credentials, strict=True):
        fields = {
            "username": credentials.username,
            "password": credentials.password,
            "query": credentials.query,
        }
        login = {name: secret.get_secret_value() for name, secret in fields.items() if secret}
        if login:
            yield link, login
