"""Addresses of remote films: any URL that fsspec can open."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from libra_emo.errors import LibraEmoError

CONNECT_SECONDS = 30.0
SILENT_SECONDS = 120.0  # after so long without data, a server is given up
_ADDRESS = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://|[A-Za-z][A-Za-z0-9+.-]*::)")
_LOCAL = re.compile(r"(?:file|local)://")
_CREDENTIALS = re.compile(r"(://)[^/\s'\"@]*@")
_QUERY = re.compile(r"(://[^\s'\"?#]*)[?#][^\s'\")>]*")
# properties of a file that change with its content, as file systems name them
STAMPS = (
    *("size", "ETag", "etag", "md5Hash", "content_md5", "checksum"),
    *("LastModified", "last_modified", "mtime", "created"),
)


class AddressError(LibraEmoError):
    """An address cannot be opened."""


def is_remote(place: str) -> bool:
    """Return whether a place is a remote address, not a path of this machine."""
    return _ADDRESS.match(place) is not None and _LOCAL.match(place) is None


def to_path(place: str) -> Path:
    """Return the path of a local place, without the prefix `file://`."""
    match = _LOCAL.match(place)
    return Path(unquote(place[match.end() :])) if match else Path(place)


def mask_address(text: str) -> str:
    """Return a text in which no address contains a user name, a password or a token.

    The parts of an address before an `@` and after a `?` are replaced.
    """
    return _QUERY.sub(r"\1?***", _CREDENTIALS.sub(r"\1***@", text))


def open_system(address: str) -> tuple[Any, str]:
    """Return the file system of an address, and the path in it.

    Raises:
        AddressError: If the kind of file system is unknown, or its package is missing.
    """
    import fsspec

    try:
        system, path = fsspec.core.url_to_fs(address, **_http_options(address))
    except ImportError as error:
        raise AddressError(f"{mask_address(address)}: a package is missing: {error}") from error
    except (ValueError, OSError) as error:
        raise AddressError(describe_failure(address, error)) from error
    return system, path


def _http_options(address: str) -> dict[str, Any]:
    """Return HTTP options that limit the time without data, but not the total time."""
    _, chained, last = address.rpartition("::")
    protocol = last.partition("://")[0]
    if protocol not in ("http", "https"):
        return {}
    import aiohttp

    limits = aiohttp.ClientTimeout(
        total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENT_SECONDS
    )
    options: dict[str, Any] = {"client_kwargs": {"timeout": limits}}
    return {protocol: options} if chained else options


def list_files(address: str) -> dict[str, dict[str, Any]]:
    """Return the files below an address, sorted, as address → properties of the file.

    The result is empty if the address does not exist.

    Raises:
        AddressError: If the place cannot be listed.
    """
    system, path = open_system(address)
    try:
        found = system.find(path, detail=True)
        if not found:
            system.ls(path)  # raises the error that `find` ignores
    except FileNotFoundError:
        return {}
    except Exception as error:  # every file system has its own errors
        raise AddressError(describe_failure(address, error)) from error
    return {whole_address(address, system, name): found[name] for name in sorted(found)}


def whole_address(base: str, system: Any, path: str) -> str:
    """Return the address of a path in the file system of another address."""
    _, chained, rest = base.partition("::")
    return f"{system.unstrip_protocol(path)}{chained}{rest}"


def join_address(folder: str, name: str) -> str:
    """Return the address of a file by its path relative to a folder."""
    inner, chained, rest = folder.partition("::")
    return f"{inner.rstrip('/')}/{name}{chained}{rest}"


def parent_address(address: str) -> str:
    """Return the address of the folder that holds a file."""
    inner, chained, rest = address.partition("::")
    return f"{inner.split('?')[0].rstrip('/').rpartition('/')[0]}{chained}{rest}"


def name_of(address: str) -> str:
    """Return the name of the file at an address; `film` if it has none."""
    inner = address.partition("::")[0]
    return unquote(posixpath.basename(urlsplit(inner).path.rstrip("/"))).replace("/", "") or "film"


def read_stamp(entry: dict[str, Any]) -> str:
    """Return the properties of a file that change with its content, as one text."""
    return " ".join(f"{name}={entry[name]}" for name in STAMPS if entry.get(name) is not None)


def describe_failure(address: str, error: BaseException) -> str:
    """Return a message for an address that cannot be opened, without credentials."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    status = getattr(error, "status", None)
    if isinstance(error, FileNotFoundError):
        reason = "there is no such file"
    elif status is not None:
        reason = f"the server says {status} {getattr(error, 'message', '')}".rstrip()
    return mask_address(f"{address}: it cannot be fetched: {reason}").replace("\n", " ")
