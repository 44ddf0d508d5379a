"""Manifests: CSV or Parquet files that list films, one film a row."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.common.secrecy.addresses import Address, distinguish, parse_address, show_address
from libra_emo.errors import LibraEmoError
from libra_emo.media.options import FetchingOptions
from libra_emo.media.sources.addresses import Place, is_remote, to_address, to_path
from libra_emo.media.sources.failures import AddressError
from libra_emo.media.sources.logins import Logins
from libra_emo.media.sources.manifest_rows import (
    ManifestRow,
    read_csv_rows,
    read_parquet_rows,
)
from libra_emo.media.sources.sidecars import tidy_fact
from libra_emo.media.sources.transfer import read_content

MANIFEST_ENDINGS = (".csv", ".parquet")
MAX_NAME = 120  # characters of the name of a film whose row is broken
MAX_OFFSET_SECONDS = 1e6
_MISSING = frozenset({"nan", "null", "none", "n/a", "na", "<na>", "#n/a"})
FACTS = ("title", "url", "author", "license", "theme", "language")


class FilmsError(LibraEmoError):
    """The films that the parameter `films` names cannot be listed."""


@dataclass(frozen=True)
class Film:
    """A film, and what a manifest says about it.

    Attributes:
        path: The file, which may be unreadable or missing; for a remote film just its name.
        facts: Known values of `title`, `url`, `author`, `license`, `theme` and `language`.
        address: Address of a remote film, with its credentials apart.
        subtitle: Path or address of its subtitle, if the manifest names one.
        subtitle_offset_seconds: Time added to its subtitles, if the manifest names one.
        trouble: What is wrong with its row of the manifest, if anything is; it is then not opened.
    """

    path: Path
    facts: dict[str, str] = field(default_factory=dict)
    address: Address | None = None
    subtitle: Place | None = None
    subtitle_offset_seconds: float | None = None
    trouble: str | None = None

    @property
    def place(self) -> str:
        """Its path, or its address without credentials."""
        return self.address.shown if self.address else self.path.as_posix()

    @property
    def shown_address(self) -> str | None:
        """The address of a remote film without credentials."""
        return self.address.shown if self.address else None

    @property
    def subtitle_address(self) -> Address | None:
        """The address of its subtitle, if that lies elsewhere."""
        return self.subtitle if isinstance(self.subtitle, Address) else None


def read_manifest(
    place: Place, fetching: FetchingOptions | None = None, logins: Logins | None = None
) -> list[Film]:
    """Return the films of a manifest, each once; paths are relative to the manifest's folder.

    Args:
        place: Path or address of a CSV or Parquet file. It has a column `path` and may have
            `title`, `url`, `author`, `license`, `theme`, `language`, `subtitle` (path or address)
            and `subtitle_offset_seconds`.
        fetching: How a manifest at another place is read.
        logins: Logins of the manifest and of its films.

    Returns:
        A film for each row. One whose row is not valid has the reason as its `trouble`.

    Raises:
        FilmsError: If the manifest as a whole cannot be read.
    """
    known = logins or Logins()
    is_elsewhere = is_remote(str(place))
    manifest = known.apply(to_address(place)) if is_elsewhere else to_path(str(place))
    columns, rows = _read_rows(manifest, fetching or FetchingOptions())
    if "path" not in columns:
        raise FilmsError(f"films: {manifest}: the manifest has no column `path`; add one")
    films: dict[str, Film] = {}
    for row in rows:
        film = _to_film(row, manifest, known)
        # a film that is named twice comes once; each broken row is reported
        films.setdefault(film.trouble or str(row.values["path"]).strip(), film)
    return _distinguish(list(films.values()))


def _read_rows(
    manifest: Path | Address, fetching: FetchingOptions
) -> tuple[list[str], list[ManifestRow]]:
    try:
        if isinstance(manifest, Address):
            content = read_content(manifest, fetching)
        else:
            content = _read_local(manifest)
        if manifest.name.lower().endswith(".parquet"):
            return read_parquet_rows(io.BytesIO(content))
        return read_csv_rows(content)
    except AddressError as error:
        raise FilmsError(f"films: {error}") from error
    except Exception as error:
        raise FilmsError(f"films: {manifest}: the manifest cannot be read: {error}") from error


def _read_local(manifest: Path) -> bytes:
    if manifest.exists() and not manifest.is_file():
        raise ValueError("it is not a regular file")
    return manifest.read_bytes()


def _distinguish(films: list[Film]) -> list[Film]:
    """Return films of which those at addresses that look alike can be told apart."""
    addresses = iter(distinguish([film.address for film in films if film.address]))
    return [replace(film, address=next(addresses)) if film.address else film for film in films]


def _to_film(row: ManifestRow, manifest: Path | Address, logins: Logins) -> Film:
    """Return the film of a row; one with trouble if anything in the row is wrong."""
    try:
        if row.trouble is not None:
            raise ValueError(row.trouble)
        return _read_film(row.values, manifest, logins)
    except Exception as error:  # whatever a library says of a place that somebody wrote
        name = _show(row.values.get("path"))
        trouble = f"row {row.number} of {manifest.name}: {tidy_fact(error)}"
        return Film(path=Path(name or f"row {row.number}"), trouble=trouble)


def _show(written: Any) -> str:
    """Return the name of a film as a broken row has it, without anything that is secret or odd."""
    try:
        return Path(tidy_fact(show_address(str(written or "")))).name[:MAX_NAME]
    except ValueError:
        return ""


def _read_film(values: dict[str, Any], manifest: Path | Address, logins: Logins) -> Film:
    written = _text(values.get("path"))
    if written is None:
        raise ValueError("it has no path; fill it in")
    place = _resolve(written, manifest, logins)
    subtitle = _text(values.get("subtitle"))
    facts = {name: tidy_fact(text) for name in FACTS if (text := _text(values.get(name)))}
    if "url" in facts:
        facts["url"] = show_address(facts["url"])
    return Film(
        path=Path(place.name) if isinstance(place, Address) else place,
        facts=facts,
        address=place if isinstance(place, Address) else None,
        subtitle=_as_subtitle(_resolve(subtitle, manifest, logins)) if subtitle else None,
        subtitle_offset_seconds=_seconds(values.get("subtitle_offset_seconds")),
    )


def _as_subtitle(place: Path | Address) -> Place:
    return place if isinstance(place, Address) else str(place)


def _resolve(place: str, manifest: Path | Address, logins: Logins) -> Path | Address:
    """Return a path or an address; a relative path is resolved in the manifest's folder."""
    if is_remote(place):
        return logins.apply(parse_address(place))
    if isinstance(manifest, Address) and not to_path(place).is_absolute():
        return logins.apply(manifest.parent().join(place))
    folder = Path() if isinstance(manifest, Address) else manifest.parent
    return folder / to_path(place)


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("utf-8")
    if value is None or (not isinstance(value, str) and pd.isna(value) is True):
        return None
    text = str(value).strip()
    return text if text and text.lower() not in _MISSING else None


def _seconds(value: Any) -> float | None:
    text = _text(value)
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds) or abs(seconds) > MAX_OFFSET_SECONDS:
        raise ValueError(f"subtitle_offset_seconds is {text!r}, which is not a number of seconds")
    return seconds
