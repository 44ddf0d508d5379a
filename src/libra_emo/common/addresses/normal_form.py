"""One form of all addresses that lead to the same film, so that they can be compared offline.

What names a page stays: host, path and the parameters that are not known to be for something else.
Of large platforms the id of the film is found wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

# parameters that change where a player starts, or say from where somebody came
_PASSING: Final = re.compile(
    r"utm_.+|fbclid|gclid|dclid|msclkid|igshid|mc_[ce]id|ref|ref_src|ref_url|spm_id_from|vd_source"
    r"|from_spmid|share_.+|si|feature|t|start|end|time_continue|ab_channel|pp|list|index|app"
    r"|autoplay|rel|loop|mute|controls|playlist"
)
_HOSTS: Final = re.compile(r"^(?:(?:www|m|mobile|music|player|embed)\.)+(?=[^.]+\.)")
_PORTS: Final = {"http": 80, "https": 443}
_YOUTUBE: Final = re.compile(r"/(?:embed|shorts|live|v|e|watch)/([\w-]{11})(?:/|$)")
_YOUTUBE_ID: Final = re.compile(r"[\w-]{11}")
_VIMEO: Final = re.compile(r"/(?:video/|channels/[^/]+/|groups/[^/]+/videos/)?(\d+)(?:/\w+)?/?$")
_BILIBILI: Final = re.compile(r"/(?:video/)?((?:BV|av)\w+)", re.IGNORECASE)
_ARCHIVE: Final = re.compile(r"/(?:details|embed|download|stream)/([^/]+)")
_DAILYMOTION: Final = re.compile(r"/(?:embed/)?(?:video/)?([a-z0-9]+)(?:_[^/]*)?/?$", re.IGNORECASE)


def normalise_address(address: str) -> str:
    """Return the form of an address that all addresses of the same film share.

    `https://youtu.be/ID?t=4` and `http://www.youtube.com/watch?list=X&v=ID#top` have one form.
    A text that is no web address is returned without the spaces around it.
    """
    text = address.strip()
    if re.match(r"(?:www\.|youtu\.be/)", text, re.IGNORECASE):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host = _plain_host(parts)
    except ValueError:
        return text
    if parts.scheme.lower() not in _PORTS or not host:
        return text
    return _film_of(host, parts) or _plain(host, parts)


def _plain_host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    try:
        host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        pass
    port = parts.port
    usual = port is None or port == _PORTS.get(parts.scheme.lower())
    return _HOSTS.sub("", host) + ("" if usual else f":{port}")


def _plain(host: str, parts: SplitResult) -> str:
    """Return host, path and parameters, each in one spelling."""
    path = quote(unquote(parts.path), safe="/:@!$&'()*+,;=~").rstrip("/")
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _PASSING.fullmatch(name.lower())
    ]
    query = f"?{urlencode(sorted(kept))}" if kept else ""
    return f"https://{host}{path}{query}"


def _film_of(host: str, parts: SplitResult) -> str | None:
    """Return the form of a film on a platform whose addresses have many."""
    find = _PLATFORMS.get(host)
    found = None if find is None else find(parts)
    return found


def _youtube(parts: SplitResult) -> str | None:
    named = dict(parse_qsl(parts.query)).get("v", "")
    match = _YOUTUBE.search(parts.path)
    found = match[1] if match else named
    return _youtube_form(found)


def _short_youtube(parts: SplitResult) -> str | None:
    return _youtube_form(parts.path.strip("/").split("/")[0])


def _youtube_form(found: str) -> str | None:
    known = _YOUTUBE_ID.fullmatch(found)
    return f"https://youtube.com/watch?v={found}" if known else None


def _by_path(pattern: re.Pattern[str], form: str) -> Callable[[SplitResult], str | None]:
    def find(parts: SplitResult) -> str | None:
        match = pattern.match(unquote(parts.path))
        return form.format(match[1]) if match else None

    return find


_PLATFORMS: Final[dict[str, Callable[[SplitResult], str | None]]] = {
    "youtube.com": _youtube,
    "youtube-nocookie.com": _youtube,
    "youtu.be": _short_youtube,
    "vimeo.com": _by_path(_VIMEO, "https://vimeo.com/{}"),
    "bilibili.com": _by_path(_BILIBILI, "https://bilibili.com/video/{}"),
    "b23.tv": _by_path(_BILIBILI, "https://bilibili.com/video/{}"),
    "archive.org": _by_path(_ARCHIVE, "https://archive.org/details/{}"),
    "dailymotion.com": _by_path(_DAILYMOTION, "https://dailymotion.com/video/{}"),
    "dai.ly": _by_path(_DAILYMOTION, "https://dailymotion.com/video/{}"),
}
