"""Addresses of films that lie elsewhere: any URL that fsspec reaches."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from libra_emo.errors import LibraEmoError

CONNECT_SECONDS = 30.0
SILENT_SECONDS = 120.0  # after which a server that sends nothing is given up
_ADDRESS = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://|[A-Za-z][A-Za-z0-9+.-]*::)")
_LOCAL = re.compile(r"(?:file|local)://")
_SIGNED_IN = re.compile(r"(://)[^/\s'\"@]*@")
_ASKED = re.compile(r"(://[^\s'\"?#]*)[?#][^\s'\")>]*")
# what file systems tell of a file that changes when the file does
STAMPS = (
    *("size", "ETag", "etag", "md5Hash", "content_md5", "checksum"),
    *("LastModified", "last_modified", "mtime", "created"),
)


class AddressError(LibraEmoError):
    """A place cannot be reached."""


def is_remote(place: str) -> bool:
    """Return whether a place is an address of elsewhere and no path of this machine."""
    return _ADDRESS.match(place) is not None and _LOCAL.match(place) is None


def to_path(place: str) -> Path:
    """Return a place of this machine as a path; `file://` goes."""
    match = _LOCAL.match(place)
    return Path(unquote(place[match.end() :])) if match else Path(place)


def mask_address(text: str) -> str:
    """Return a text in which no address shows a name, a password or a token.

    Whatever stands before an `@` or behind a `?` is left out.
    """
    return _ASKED.sub(r"\1?***", _SIGNED_IN.sub(r"\1***@", text))


def open_system(address: str) -> tuple[Any, str]:
    """Return fsspec's file system of an address, and the path in it.

    Raises:
        AddressError: If there is no such kind of file system, or its package is missing.
    """
    import fsspec

    try:
        system, path = fsspec.core.url_to_fs(address, **_patience(address))
    except ImportError as error:
        raise AddressError(f"{mask_address(address)}: a package is missing: {error}") from error
    except (ValueError, OSError) as error:
        raise AddressError(tell(address, error)) from error
    return system, path


def _patience(address: str) -> dict[str, Any]:
    """Return the options that let a film of any size come over HTTP, as long as it keeps coming."""
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
    """Return the files below an address, as address → what is told of each; sorted.

    There are none where there is no such place.

    Raises:
        AddressError: If the place cannot be listed.
    """
    system, path = open_system(address)
    try:
        found = system.find(path, detail=True)
        if not found:
            system.ls(path)  # which tells what a search passes over in silence
    except FileNotFoundError:
        return {}
    except Exception as error:  # every file system has errors of its own
        raise AddressError(tell(address, error)) from error
    return {whole_address(address, system, name): found[name] for name in sorted(found)}


def whole_address(base: str, system: Any, path: str) -> str:
    """Return the address of a path in a file system that another address opened."""
    _, chained, rest = base.partition("::")
    return f"{system.unstrip_protocol(path)}{chained}{rest}"


def join_address(folder: str, name: str) -> str:
    """Return the address of a file that is named as seen from a folder."""
    inner, chained, rest = folder.partition("::")
    return f"{inner.rstrip('/')}/{name}{chained}{rest}"


def parent_address(address: str) -> str:
    """Return the address of the folder that holds a file."""
    inner, chained, rest = address.partition("::")
    return f"{inner.split('?')[0].rstrip('/').rpartition('/')[0]}{chained}{rest}"


def name_of(address: str) -> str:
    """Return the name of the file at an address; `film` where it has none."""
    inner = address.partition("::")[0]
    return unquote(posixpath.basename(urlsplit(inner).path.rstrip("/"))).replace("/", "") or "film"


def read_stamp(entry: dict[str, Any]) -> str:
    """Return what changes when a file does, of what its file system tells; empty for nothing."""
    return " ".join(f"{name}={entry[name]}" for name in STAMPS if entry.get(name) is not None)


def tell(address: str, error: BaseException) -> str:
    """Return what to say of an address that cannot be reached; it holds no credentials."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    status = getattr(error, "status", None)
    if isinstance(error, FileNotFoundError):
        reason = "there is no such file"
    elif status is not None:
        reason = f"the server says {status} {getattr(error, 'message', '')}".rstrip()
    return mask_address(f"{address}: it cannot be fetched: {reason}").replace("\n", " ")
