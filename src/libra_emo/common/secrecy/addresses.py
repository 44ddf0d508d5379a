"""Addresses whose credentials travel apart from what is shown and stored."""

from __future__ import annotations

import hashlib
import posixpath
import re
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, quote, unquote

from pydantic import SecretStr

WEB: Final = frozenset({"http", "https"})
UNCLEAR: Final = "[login unclear]"
"""What is shown where a login is too odd to see where it ends."""
# a question mark and what follows it are part of a name here, and an @ is no end of credentials
_WITHOUT_CREDENTIALS: Final = frozenset(
    "file local memory zip tar libarchive simplecache filecache blockcache cached dir reference "
    "github git hf data".split()
)
# `container@account` is no user, unless a colon stands before the @
_CONTAINERS: Final = frozenset("abfs abfss adl az wasb wasbs".split())
# parameters of web addresses that name a page, with values that are short and plain
_NAMING: Final = frozenset({"v", "id", "list", "bvid"})
_PLAIN_VALUE: Final = re.compile(r"[A-Za-z0-9_-]{1,24}")
_LINK: Final = re.compile(r"::(?=[A-Za-z][A-Za-z0-9+.-]*(?:://|::))")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?:://|::)")
_FILE: Final = re.compile(
    r"\.(?:mp4|mkv|webm|avi|mov|flv|m4v|ts|mts|mpe?g|wmv|csv|parquet|zip|tar|t?gz|srt|vtt|ass|json)$",
    re.IGNORECASE,
)
_PORT: Final = re.compile(r"[0-9]+")
_UNCLEAR: Final = -2
_VARIANT_ROUNDS: Final = 100_000


@dataclass(frozen=True)
class Credentials:
    """What opens an address and is never shown.

    Attributes:
        username: Name of the user, or the name of a key.
        password: Password, or the secret of a key.
        query: What follows the question mark of a web address, such as a token.
    """

    username: SecretStr | None = None
    password: SecretStr | None = None
    query: SecretStr | None = None

    @property
    def values(self) -> list[str]:
        """All secrets, plainly, for use and never for show."""
        found = (self.username, self.password, self.query)
        return [secret.get_secret_value() for secret in found if secret is not None]


NOTHING: Final = Credentials()


@dataclass(frozen=True)
class Address:
    """An address without its credentials, and the credentials apart.

    An address of fsspec may be a chain of links, such as `zip://a.mp4::https://host/films.zip`;
    each link has credentials of its own. Text, representation and equality are those of what is
    shown.

    Attributes:
        shown: The address without user, password and query.
        credentials: Credentials of each link.
        variant: Digits that distinguish addresses which differ only in what is not shown.
    """

    shown: str
    credentials: tuple[Credentials, ...] = (NOTHING,)
    variant: str = ""

    def __str__(self) -> str:
        return self.shown

    @property
    def identity(self) -> str:
        """A text that is the same for the same file, and holds no secret."""
        return f"{self.shown} {self.variant}".rstrip()

    @property
    def links(self) -> list[str]:
        """The links of the chain, without credentials and queries."""
        return [_without_query(link) for link in _LINK.split(self.shown)]

    @property
    def has_credentials(self) -> bool:
        """Whether a user or a password was taken out."""
        return any(one.username or one.password for one in self.credentials)

    @property
    def has_secrets(self) -> bool:
        """Whether anything was taken out: a user, a password or a query."""
        return any(one.values for one in self.credentials)

    @property
    def name(self) -> str:
        """The name of the file; `film` if the address has none."""
        link = self.links[self._first]
        inner = _SCHEME.sub("", link, count=1)
        if _scheme(link) in WEB:
            inner = inner.partition("/")[2]
        return unquote(posixpath.basename(inner.rstrip("/"))).replace("/", "") or "film"

    @property
    def _first(self) -> int:
        """The place of the first link that names a file; `simplecache` alone names none."""
        links = self.links
        return next((number for number, link in enumerate(links) if _scheme(link)), 0)

    def parent(self) -> Address:
        """Return the address of the folder that holds the file."""
        return self.with_file(self.links[self._first].rstrip("/").rpartition("/")[0])

    def join(self, name: str) -> Address:
        """Return the address of a file by its path relative to this folder."""
        return self.with_file(f"{self.links[self._first].rstrip('/')}/{name}")

    def with_file(self, link: str) -> Address:
        """Return the address of another file of the same file system, by the link that names it.

        Users and passwords open it too; a query belongs to one file alone.
        """
        number = self._first
        links, credentials = self.links, list(self.credentials)
        links[number] = link
        credentials[number] = replace(credentials[number], query=None)
        return Address("::".join(links), tuple(credentials))


def is_address(text: str) -> bool:
    """Return whether a text is an address, of this machine or of another."""
    return _ADDRESS.match(text) is not None


def parse_address(text: str) -> Address:
    """Return an address, with user, password and query taken out of what is shown.

    A password may hold any character, also those that should be escaped (`@ : / ? # %`): where it
    is not clear what ends it, more is taken out rather than less.
    """
    parts = [_parse_link(link) for link in _LINK.split(text)]
    return Address("::".join(shown for shown, _ in parts), tuple(found for _, found in parts))


def show_address(text: str) -> str:
    """Return a place as it may be shown: an address without credentials, a path as it is."""
    return parse_address(text).shown if is_address(text) else text


def distinguish(addresses: list[Address]) -> list[Address]:
    """Return addresses of which those that differ only in their secrets have a variant.

    The variant is a slow digest, from which no secret can be found in reasonable time.
    """
    seen: dict[str, set[tuple[str, ...]]] = {}
    for address in addresses:
        seen.setdefault(address.shown, set()).add(_secrets(address))
    return [
        replace(address, variant=_make_variant(address))
        if len(seen[address.shown]) > 1
        else address
        for address in addresses
    ]


def _secrets(address: Address) -> tuple[str, ...]:
    return tuple(value for one in address.credentials for value in one.values)


def _make_variant(address: Address) -> str:
    secret = "\0".join(_secrets(address)).encode("utf-8", "surrogateescape")
    salt = address.shown.encode("utf-8", "surrogateescape")
    return hashlib.pbkdf2_hmac("sha256", secret, salt, _VARIANT_ROUNDS).hex()[:16]


def _scheme(link: str) -> str:
    match = _SCHEME.match(link)
    return match.group(1).lower() if match else ""


def _parse_link(link: str) -> tuple[str, Credentials]:
    scheme = _scheme(link)
    if not scheme or scheme in _WITHOUT_CREDENTIALS:
        return link, NOTHING
    start = len(scheme) + len("://")
    rest = link[start:]
    end = _find_end(scheme, rest)
    if end == _UNCLEAR:
        return f"{link[:start]}{UNCLEAR}", Credentials(SecretStr(rest))
    user, password = None, None
    if end >= 0:
        name, colon, secret = rest[:end].partition(":")
        user, password = SecretStr(unquote(name)), SecretStr(unquote(secret)) if colon else None
        rest = rest[end + 1 :]
    path, query = _split_query(scheme, rest)
    taken = SecretStr(query) if query else None
    shown = f"{link[:start]}{path}{_naming_part(scheme, query)}"
    return shown, Credentials(user, password, taken)


def _find_end(scheme: str, rest: str) -> int:
    """Return the place of the @ that ends the credentials; -1 where there are none.

    Where a question mark stands between two of them, or a later one is not part of a file's name,
    each may be part of a password, and the whole is unclear.
    """
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" not in rest or authority.startswith("["):
        return -1
    if "@" not in authority and not _is_cut(authority, rest):
        return -1
    if scheme in _CONTAINERS and ":" not in authority:
        return -1
    # the last @ before a host and a path; a name such as `film@2.mp4` is no host
    ends = [match.start() for match in re.finditer(r"@(?=[^@/?#]+/)", rest)]
    ends = ends or [match.start() for match in re.finditer("@", rest)]
    path = re.split(r"[?#]", rest[ends[-1] + 1 :], maxsplit=1)[0]
    is_file = "@" not in path or _FILE.search(path) is not None
    is_clear = is_file and not re.search(r"[?#]", rest[ends[0] : ends[-1]])
    return ends[-1] if is_clear else _UNCLEAR


def _is_cut(authority: str, rest: str) -> bool:
    """Return whether what looks like host and port is the beginning of a user and a password.

    What follows the colon is then no number; or it is one, but the host has no dot and an @ comes
    later, not at the beginning of a name.
    """
    host, colon, port = authority.rpartition(":")
    if not colon:
        return False
    if ":" in host or _PORT.fullmatch(port) is None:
        return True
    plain = "." not in host and host != "localhost"
    return plain and re.search(r"[^/]@[^@/?#]+/", rest[len(authority) :]) is not None


def _split_query(scheme: str, rest: str) -> tuple[str, str]:
    """Return the path, and the query without its question mark."""
    if scheme in WEB:
        rest = rest.partition("#")[0]
    path, _, query = rest.partition("?")
    return path, query


def _naming_part(scheme: str, query: str) -> str:
    """Return the parameters of a web address that name a page, as they are shown."""
    if scheme not in WEB or not query:
        return ""
    kept = [
        f"{quote(name)}={value}"
        for name, value in parse_qsl(query)
        if name in _NAMING and _PLAIN_VALUE.fullmatch(value)
    ]
    return "?" + "&".join(kept) if kept else ""


def _without_query(link: str) -> str:
    return link.partition("?")[0] if _scheme(link) in WEB else link
