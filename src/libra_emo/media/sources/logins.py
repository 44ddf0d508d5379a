"""Logins of places where films lie, kept apart from their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pydantic import SecretStr

from libra_emo.common.secrecy.addresses import Address, Credentials, parse_address
from libra_emo.errors import LibraEmoError

FIELDS = ("username", "password", "query")


class LoginError(LibraEmoError):
    """A login is not written as it should be."""


class Logins:
    """Logins by the beginning of the addresses that they open; no representation shows one.

    Args:
        logins: Address of a folder or file → `username` and `password`, or `query` for a token that
            belongs behind the question mark.

    Raises:
        LoginError: If an entry has other fields, or an address has a login of its own.
    """

    def __init__(self, logins: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._logins: dict[str, Credentials] = {}
        for place, values in (logins or {}).items():
            address = parse_address(str(place))
            is_plain = isinstance(values, Mapping) and set(values) <= set(FIELDS)
            if not is_plain or address.has_secrets:
                raise LoginError(
                    f"film_logins: {address}: must be an address without a login, with the fields "
                    f"{', '.join(FIELDS)}"
                )
            secrets = {name: SecretStr(str(value)) for name, value in values.items() if value}
            self._logins[address.shown.rstrip("/")] = Credentials(**secrets)

    def __repr__(self) -> str:
        return f"Logins({', '.join(sorted(self._logins))})"

    def secrets(self) -> list[str]:
        """Return users, passwords and tokens, for a search that must not find them."""
        return [value for login in self._logins.values() for value in login.values]

    def apply(self, address: Address) -> Address:
        """Return an address with the login of the longest beginning that is known.

        A link of the address that has a login of its own keeps it.
        """
        pairs = zip(address.links, address.credentials, strict=True)
        return replace(address, credentials=tuple(self._find(*pair) for pair in pairs))

    def _find(self, link: str, own: Credentials) -> Credentials:
        if own.values:
            return own
        known = [place for place in self._logins if link == place or link.startswith(f"{place}/")]
        return self._logins[max(known, key=len)] if known else own
