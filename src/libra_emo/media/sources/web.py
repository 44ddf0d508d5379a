"""The file system of HTTP: the query of an address travels apart, and no answer is endless."""

from __future__ import annotations

import logging
from html.parser import HTMLParser
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urldefrag, urljoin

import aiohttp
import fsspec
import yarl
from fsspec.implementations.http import HTTPFileSystem
from pydantic import SecretStr

from libra_emo.media.sources.failures import AddressError

PREFIX: Final = "libra+"
LISTING_BYTES: Final = 32 * 1024 * 1024
IDENTITY: Final = {"Accept-Encoding": "identity"}  # sizes are those of the file itself


class WebLogin(aiohttp.BasicAuth):
    """User and password for a server, which no representation shows."""

    def __repr__(self) -> str:
        return "WebLogin(***)"

    __str__ = __repr__


class WebFileSystem(HTTPFileSystem):  # type: ignore[misc]
    """HTTP as fsspec knows it, for addresses with `libra+` before `http`.

    Paths never hold the query of an address, since logs and errors quote paths.

    Args:
        query: What follows the question mark of every address that is opened.
        options: Further options of `HTTPFileSystem`.
    """

    protocol = (f"{PREFIX}http", f"{PREFIX}https")
    cachable = False  # two queries would share one instance

    def __init__(self, *args: Any, query: SecretStr | None = None, **options: Any) -> None:
        super().__init__(*args, headers=IDENTITY, **options)
        self._query = query

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return path.removeprefix(PREFIX)

    def unstrip_protocol(self, name: str) -> str:
        """Return the address of a path, which is the path itself."""
        return name

    def encode_url(self, url: str) -> yarl.URL:
        """Return the address that is asked, with its query."""
        whole = yarl.URL(url.removeprefix(PREFIX), encoded=self.encoded)
        if self._query is None:
            return whole
        return yarl.URL(f"{whole}?{self._query.get_secret_value()}", encoded=True)

    async def _cat_file(
        self, url: str, start: int | None = None, end: int | None = None, **options: Any
    ) -> bytes:
        """Return a file or a part of it; a whole file in place of a part is refused unread."""
        if start is None and end is None:
            content: bytes = await super()._cat_file(url, **options)
            return content
        first, last = start or 0, "" if end is None else end - 1
        given = {**self.kwargs, **options}
        headers = {**given.pop("headers", {}), "Range": f"bytes={first}-{last}"}
        session = await self.set_session()
        async with session.get(self.encode_url(url), headers=headers, **given) as answer:
            self._raise_not_found_for_status(answer, url)
            if answer.status != HTTPStatus.PARTIAL_CONTENT and (
                first or answer.content_length != end
            ):
                raise AddressError(
                    f"{url}: parts of it cannot be fetched: the server knows no ranges of bytes; "
                    "copy the folder to this machine, or use a server that does",
                    retry=False,
                )
            part: bytes = await answer.read()
            return part

    async def _ls_real(self, url: str, detail: bool = True, **_: Any) -> list[Any]:
        """Return what the page of a folder links to; a page that is too long is cut off."""
        session = await self.set_session()
        folder = url.rstrip("/") + "/"
        async with session.get(self.encode_url(folder), **self.kwargs) as answer:
            self._raise_not_found_for_status(answer, url)
            kind = answer.headers.get("Content-Type", "text/html").partition(";")[0]
            text = "" if kind != "text/html" else await _read_start(answer.content)
        names = sorted(_find_links(text, folder))
        if not detail:
            return names
        return [{"name": name, "size": None, "type": _type(name)} for name in names]


class _Links(HTMLParser):
    """Collects the links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the target of a link."""
        self.found += [value for name, value in attrs if name == "href" and tag == "a" and value]


async def _read_start(content: Any) -> str:
    """Return the beginning of a page."""
    parts, size = [], 0
    while size < LISTING_BYTES and (part := await content.readany()):
        parts.append(part)
        size += len(part)
    return b"".join(parts).decode("utf-8", "replace")


def _find_links(text: str, folder: str) -> set[str]:
    """Return the links of a page that lead to files and folders below a folder."""
    parser = _Links()
    parser.feed(text)
    found = set()
    for link in parser.found:
        try:
            target = urldefrag(urljoin(folder, link.strip()))[0].partition("?")[0]
        except ValueError:
            continue
        if target.startswith(folder) and target != folder:
            found.add(target)
    return found


def _type(name: str) -> str:
    return "directory" if name.endswith("/") else "file"


# at a lower level it logs every address that it asks, with its query
logging.getLogger("fsspec.http").setLevel(logging.INFO)
for _name in WebFileSystem.protocol:
    fsspec.register_implementation(_name, WebFileSystem, clobber=True)
