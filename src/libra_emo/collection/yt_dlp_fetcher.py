"""Pages and films by yt-dlp, used as a library: no configuration file, no cookies unless given."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from libra_emo.collection.errors import CollectionError, FetchError
from libra_emo.collection.fetcher import FetchedFiles
from libra_emo.collection.options import CollectionOptions
from libra_emo.common.files import raise_if_disk

INSTALL: Final = ".venv/bin/uv pip install -c constraints.txt -e '.[collection]'"
MAX_MESSAGE: Final = 300
_SILENT_SECONDS: Final = 60.0
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
_SUBTITLE_FORMATS: Final = "vtt/srt/ass/ttml/best"


class YtDlpFetcher:
    """Fetcher with yt-dlp.

    Args:
        options: Options of the collection.
        extractors: Makers of further extractors, which are asked before those of yt-dlp.
    """

    def __init__(
        self, options: CollectionOptions, extractors: Iterable[Callable[[], Any]] = ()
    ) -> None:
        self._options = options
        self._extractors = tuple(extractors)

    def read_page(self, address: str) -> dict[str, Any]:
        """Return what a film's page says; see `Fetcher`."""
        with self._opened({"skip_download": True, "ignore_no_formats_error": True}) as client:
            page = client.extract_info(address, download=False)
        if not isinstance(page, dict):
            raise FetchError("its page has no film")
        if page.get("_type") in ("playlist", "multi_video") or "entries" in page:
            raise FetchError("the address is a list of films; name the address of each film")
        if page.get("is_live") or page.get("live_status") in ("is_live", "is_upcoming"):
            raise FetchError("it is broadcast live, and has no end yet")
        return page

    def fetch(self, page: dict[str, Any], folder: Path) -> FetchedFiles:
        """Fetch a film with its subtitles; see `Fetcher`."""
        languages = [f"{name}(-.*)?" for name in self._options.subtitles]
        height = self._options.max_height
        # picture and sound apart where a page has them so: no program has to join them then
        apart, whole = f"(bv[height<={height}]/wv),ba", f"b[height<={height}]/b/best"
        more = {
            "format": apart if _is_apart(page) else whole,
            "outtmpl": {"default": "%(format_id)s.%(ext)s", "subtitle": "subtitle.%(ext)s"},
            "paths": {"home": str(folder.absolute())},
            "writesubtitles": bool(languages),
            "writeautomaticsub": bool(languages) and self._options.automatic_subtitles,
            "subtitleslangs": languages,
            "subtitlesformat": _SUBTITLE_FORMATS,
            "allow_multiple_audio_streams": False,
        }
        with self._opened(more) as client:
            again = client.sanitize_info(page, remove_private_keys=True)
            done = client.process_ie_result(again, download=True)
        return _sort_files(done, folder)

    @contextmanager
    def _opened(self, more: dict[str, Any]) -> Iterator[Any]:
        """Give a client of yt-dlp; its errors become ours."""
        try:
            from yt_dlp import YoutubeDL
            from yt_dlp.utils import YoutubeDLError
        except ImportError as error:
            raise CollectionError(
                f"yt-dlp is missing: install the extra with `{INSTALL}`"
            ) from error
        try:
            with YoutubeDL({**self._base(), **more}, auto_init=False) as client:
                for make in self._extractors:
                    client.add_info_extractor(make())
                client.add_default_info_extractors()
                yield client
        except (CollectionError, FetchError):
            raise
        except Exception as error:  # of a site that changed, yt-dlp raises whatever happens
            raise_if_disk(error, Path(more.get("paths", {}).get("home", ".")))
            known = isinstance(error, YoutubeDLError | OSError)
            name = "" if known else f"{type(error).__name__}: "
            raise FetchError(f"{name}{_describe(error)}") from error

    def _base(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            **dict.fromkeys(("quiet", "no_warnings", "noprogress", "noplaylist"), True),
            **dict.fromkeys(("cachedir", "usenetrc", "getcomments", "writeinfojson"), False),
            **dict.fromkeys(("retries", "fragment_retries"), self._options.attempts - 1),
            "extractor_retries": self._options.attempts - 1,
            "socket_timeout": _SILENT_SECONDS,
            "updatetime": False,
            "cookiefile": self._options.cookies,
            "logger": _Silence(),
        }
        runtime = Path(sys.executable).parent / "deno"
        if runtime.is_file():
            options["js_runtimes"] = {"deno": {"path": str(runtime)}}
        return options


class _Silence:
    """A log that nobody reads: what matters is in the errors."""

    def debug(self, message: str) -> None:
        """Drop a message."""

    info = warning = error = debug


def _is_apart(page: dict[str, Any]) -> bool:
    """Return whether a page has a picture without sound and a sound without picture."""
    formats = page.get("formats") or []
    pictures = any(one.get("acodec") == "none" != one.get("vcodec") for one in formats)
    sounds = any(one.get("vcodec") == "none" != one.get("acodec") for one in formats)
    return pictures and sounds


def _sort_files(done: dict[str, Any], folder: Path) -> FetchedFiles:
    """Return which file is which.

    Raises:
        FetchError: If there is no film.
    """
    parts = [part for part in done.get("requested_downloads") or () if part.get("filepath")]
    pictures = [part for part in parts if part.get("vcodec") != "none"]
    sounds = [part for part in parts if part.get("vcodec") == "none"]
    if not pictures or not Path(pictures[0]["filepath"]).is_file():
        raise FetchError("nothing with a picture was fetched")
    video, audio = Path(pictures[0]["filepath"]), None
    if sounds and pictures[0].get("acodec") == "none":
        audio = Path(sounds[0]["filepath"])
    found = sorted(folder.glob("subtitle.*.*"))
    subtitles = {path.name.split(".")[1]: path for path in found if path.suffix != ".part"}
    return FetchedFiles(video, audio, subtitles)


def _describe(error: BaseException) -> str:
    """Return what an error says, as one line without colours and the names of programs."""
    text = _COLOURS.sub("", str(error)).removeprefix("ERROR: ")
    text = re.sub(r"; please report this issue on.*", "", text, flags=re.DOTALL)
    return " ".join(text.split())[:MAX_MESSAGE] or type(error).__name__
