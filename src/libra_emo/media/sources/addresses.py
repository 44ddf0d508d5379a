"""Addresses of remote films: any URL that fsspec can open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from libra_emo.common.secrecy.addresses import (
    UNCLEAR,
    WEB,
    Address,
    Credentials,
    is_address,
    parse_address,
    show_address,
)
from libra_emo.media.sources.failures import AddressError, explain_failure
from libra_emo.media.sources.waiting import run_within

CONNECT_SECONDS = 30.0
SILENT_SECONDS = 120.0  # after so long without data, a server is given up
LISTING_SECONDS = 600.0  # that opening and listing a place may take
_LOCAL = re.compile(r"(?:file|local)://")
# names of a key and its secret, where they differ from those of users and passwords
_OPTION_NAMES = {"s3": ("key", "secret"), "s3a": ("key", "secret"), "webhdfs": ("user", "password")}
# properties of a file that change with its content, as file systems name them
STAMPS = (
    *("size", "ETag", "etag", "md5Hash", "content_md5", "checksum"),
    *("LastModified", "last_modified", "mtime", "created"),
)

Place = str | Address
"""An address, read or as text."""


def is_remote(place: str) -> bool:
    """Return whether a place is a remote address, not a path of this machine."""
    return is_address(place) and _LOCAL.match(place) is None


def to_path(place: str) -> Path:
    """Return the path of a local place, without the prefix `file://`."""
    match = _LOCAL.match(place)
    return Path(unquote(place[match.end() :])) if match else Path(place)


def to_address(place: Place) -> Address:
    """Return an address, with its credentials apart."""
    return place if isinstance(place, Address) else parse_address(place)


def mask_address(place: str) -> str:
    """Return a place as it may be shown, without a user, a password or a token."""
    return show_address(place)


def open_system(place: Place, silent_seconds: float = SILENT_SECONDS) -> tuple[Any, str]:
    """Return the file system of an address, and the path in it.

    Raises:
        AddressError: If the kind of file system is unknown, its package is missing, or an archive
            on the way cannot be opened.
    """
    import fsspec

    import libra_emo.media.sources.web  # noqa: F401 - registers its file system

    address = to_address(place)
    if UNCLEAR in address.shown:
        raise AddressError(
            f"{address}: it is not clear where its login ends; write @ as %40, / as %2F, # as %23 "
            "and ? as %3F in it, or put the login into film_logins",
            "wrong",
        )
    try:
        url, options = _plain_url(address), _options(address, silent_seconds)
        system, path = run_within(
            LISTING_SECONDS, lambda: fsspec.core.url_to_fs(url, **options), address.shown
        )
    except Exception as error:  # every file system has its own errors
        failure = explain_failure(address.shown, error)
    else:
        return system, path
    raise failure  # outside of the handler: what a library says may hold credentials


def _plain_url(address: Address) -> str:
    """Return an address as fsspec takes it, with web addresses for the project's file system."""
    from libra_emo.media.sources.web import PREFIX

    links = []
    for link, credentials in zip(address.links, address.credentials, strict=True):
        if _protocol(link) in WEB:
            links.append(PREFIX + link)
        else:
            query = credentials.query
            links.append(link if query is None else f"{link}?{query.get_secret_value()}")
    return "::".join(links)


def _options(address: Address, silent_seconds: float) -> dict[str, Any]:
    """Return the options of each file system on the way, by its protocol."""
    from libra_emo.media.sources.web import PREFIX

    options: dict[str, Any] = {}
    for link, credentials in zip(address.links, address.credentials, strict=True):
        protocol = _protocol(link)
        if protocol in WEB:
            options[PREFIX + protocol] = _web_options(credentials, silent_seconds)
        else:
            options[protocol] = _login(protocol, credentials)
    return {protocol: values for protocol, values in options.items() if values}


def _protocol(link: str) -> str:
    return link.partition("://")[0] if "://" in link else link


def _login(protocol: str, credentials: Credentials) -> Mapping[str, str]:
    names = _OPTION_NAMES.get(protocol, ("username", "password"))
    values = (credentials.username, credentials.password)
    return {
        name: value.get_secret_value()
        for name, value in zip(names, values, strict=True)
        if value is not None
    }


def _web_options(credentials: Credentials, silent_seconds: float) -> dict[str, Any]:
    """Return options that limit the time without data, but not the total time.

    The login goes with each request, not with the session: a session would send it to whichever
    server an answer redirects to.
    """
    import aiohttp

    from libra_emo.media.sources.web import WebLogin

    limits = aiohttp.ClientTimeout(
        total=None, sock_connect=CONNECT_SECONDS, sock_read=silent_seconds
    )
    options: dict[str, Any] = {"client_kwargs": {"timeout": limits}}
    if credentials.query is not None:
        options["query"] = credentials.query
    if credentials.username is not None:
        password = credentials.password.get_secret_value() if credentials.password else ""
        user = credentials.username.get_secret_value()
        options["auth"] = WebLogin(user, password, encoding="utf-8")
    return options


def list_files(place: Place) -> list[tuple[Address, dict[str, Any]]]:
    """Return the files below an address, sorted, each with its properties.

    The result is empty if the address does not exist.

    Raises:
        AddressError: If the place, or a folder in it, cannot be listed.
    """
    address = to_address(place)
    try:
        system, path = open_system(address)
        found = run_within(LISTING_SECONDS, lambda: _find(system, path), address.shown)
    except Exception as error:  # every file system has its own errors
        failure = explain_failure(address.shown, error)
    else:
        files = [(whole_address(address, system, name), found[name]) for name in found]
        return sorted(files, key=lambda file: file[0].shown)
    if failure.kind == "gone":
        return []
    raise failure


def _find(system: Any, path: str) -> dict[str, Any]:
    """Return the files below a path; a folder that cannot be listed is not left out in silence."""
    from fsspec.asyn import AsyncFileSystem
    from fsspec.spec import AbstractFileSystem

    find = getattr(type(system), "_find", None)
    walks = find is AsyncFileSystem._find or type(system).find is AbstractFileSystem.find
    more = {"on_error": _raise_unless_gone} if walks else {}
    found: dict[str, Any] = system.find(path, detail=True, **more)
    if not found:
        system.ls(path)  # raises the error that `find` ignores
    return found


def _raise_unless_gone(error: Exception) -> None:
    if explain_failure("", error).kind != "gone":
        raise error


def whole_address(base: Place, system: Any, path: str) -> Address:
    """Return the address of a path in the file system of another address."""
    address = to_address(base)
    return address.with_file(str(system.unstrip_protocol(path)))


def join_address(folder: Place, name: str) -> Address:
    """Return the address of a file by its path relative to a folder."""
    return to_address(folder).join(name)


def parent_address(place: Place) -> Address:
    """Return the address of the folder that holds a file."""
    return to_address(place).parent()


def name_of(place: Place) -> str:
    """Return the name of the file at an address; `film` if it has none."""
    return to_address(place).name


def read_stamp(entry: Mapping[str, Any]) -> str:
    """Return the properties of a file that change with its content, as one text."""
    return " ".join(f"{name}={entry[name]}" for name in STAMPS if entry.get(name) is not None)
