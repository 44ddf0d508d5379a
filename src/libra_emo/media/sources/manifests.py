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
from libra_emo.media.sources.transfer import read_content

MANIFEST_ENDINGS = (".csv", ".parquet")
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
    """

    path: Path
    facts: dict[str, str] = field(default_factory=dict)
    address: Address | None = None
    subtitle: Place | None = None
    subtitle_offset_seconds: float | None = None

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
        logins: Logins of places where films lie.

    Raises:
        FilmsError: If the manifest cannot be read, or a row of it is not valid.
    """
    known = logins or Logins()
    is_elsewhere = is_remote(str(place))
    manifest = known.apply(to_address(place)) if is_elsewhere else to_path(str(place))
    table = _read_table(manifest, fetching or FetchingOptions())
    if "path" not in table.columns:
        raise FilmsError(f"films: {manifest}: the manifest has no column `path`; add one")
    empty = table["path"].isna() | (table["path"].astype(str).str.strip() == "")
    if empty.any():
        first = int(empty.to_numpy().argmax()) + 1
        raise FilmsError(f"films: {manifest}: row {first} of the manifest has no path; fill it in")
    rows = table.drop_duplicates("path").to_dict("records")
    return _distinguish([_to_film(row, manifest, known) for row in rows])


def _read_table(manifest: Path | Address, fetching: FetchingOptions) -> pd.DataFrame:
    try:
        if isinstance(manifest, Path):
            return _parse(manifest, manifest.name)
        return _parse(io.BytesIO(read_content(manifest, fetching)), manifest.name)
    except AddressError as error:
        raise FilmsError(f"films: {error}") from error
    except Exception as error:
        raise FilmsError(f"films: {manifest}: the manifest cannot be read: {error}") from error


def _parse(file: Any, name: str) -> pd.DataFrame:
    if name.lower().endswith(".parquet"):
        return pd.read_parquet(file)
    return pd.read_csv(file, dtype=str, encoding="utf-8-sig")


def _distinguish(films: list[Film]) -> list[Film]:
    """Return films of which those at addresses that look alike can be told apart."""
    addresses = iter(distinguish([film.address for film in films if film.address]))
    return [replace(film, address=next(addresses)) if film.address else film for film in films]


def _to_film(row: dict[Any, Any], manifest: Path | Address, logins: Logins) -> Film:
    place = _resolve(str(row["path"]).strip(), manifest, logins)
    subtitle = _text(row.get("subtitle"))
    facts = {name: text for name in FACTS if (text := _text(row.get(name))) is not None}
    if "url" in facts:
        facts["url"] = show_address(facts["url"])
    return Film(
        path=Path(place.name) if isinstance(place, Address) else place,
        facts=facts,
        address=place if isinstance(place, Address) else None,
        subtitle=_as_subtitle(_resolve(subtitle, manifest, logins)) if subtitle else None,
        subtitle_offset_seconds=_seconds(
            row.get("subtitle_offset_seconds"), show_address(str(row["path"])), str(manifest)
        ),
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
    text = "" if value is None or pd.isna(value) else str(value).strip()
    return text or None


def _seconds(value: Any, path: str, shown: str) -> float | None:
    text = _text(value)
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise FilmsError(
            f"films: {shown}: {path}: subtitle_offset_seconds is {text!r}, "
            "which is not a number of seconds"
        )
    return seconds
