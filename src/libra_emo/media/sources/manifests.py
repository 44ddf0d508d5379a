"""Manifests: CSV or Parquet files that list films, one film a row."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.errors import LibraEmoError
from libra_emo.media.sources.addresses import (
    AddressError,
    describe_failure,
    is_remote,
    join_address,
    mask_address,
    open_system,
    parent_address,
    to_path,
)

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
        address: Address of a remote film.
        subtitle: Path or address of its subtitle, if the manifest names one.
        subtitle_offset_seconds: Time added to its subtitles, if the manifest names one.
    """

    path: Path
    facts: dict[str, str] = field(default_factory=dict)
    address: str | None = None
    subtitle: str | None = None
    subtitle_offset_seconds: float | None = None

    @property
    def place(self) -> str:
        """Its path, or its address without credentials."""
        return mask_address(self.address) if self.address else self.path.as_posix()


def read_manifest(place: str) -> list[Film]:
    """Return the films of a manifest, each once; paths are relative to the manifest's folder.

    Args:
        place: Path or address of a CSV or Parquet file. It has a column `path` and may have
            `title`, `url`, `author`, `license`, `theme`, `language`, `subtitle` (path or address)
            and `subtitle_offset_seconds`.

    Raises:
        FilmsError: If the manifest cannot be read, or a row of it is not valid.
    """
    shown = mask_address(place)
    table = _read_table(place, shown)
    if "path" not in table.columns:
        raise FilmsError(f"films: {shown}: the manifest has no column `path`; add one")
    empty = table["path"].isna() | (table["path"].astype(str).str.strip() == "")
    if empty.any():
        first = int(empty.to_numpy().argmax()) + 1
        raise FilmsError(f"films: {shown}: row {first} of the manifest has no path; fill it in")
    rows = table.drop_duplicates("path").to_dict("records")
    return [_to_film(row, place, shown) for row in rows]


def _read_table(place: str, shown: str) -> pd.DataFrame:
    try:
        if not is_remote(place):
            return _parse(to_path(place), place)
        system, path = open_system(place)
        with system.open(path, "rb") as file:
            return _parse(file, path)
    except AddressError as error:
        raise FilmsError(f"films: {error}") from error
    except Exception as error:
        message = describe_failure(place, error) if is_remote(place) else str(error)
        reason = mask_address(message)
        raise FilmsError(f"films: {shown}: the manifest cannot be read: {reason}") from error


def _parse(file: Any, name: str) -> pd.DataFrame:
    if name.lower().partition("?")[0].endswith(".parquet"):
        return pd.read_parquet(file)
    return pd.read_csv(file, dtype=str, encoding="utf-8-sig")


def _to_film(row: dict[Any, Any], manifest: str, shown: str) -> Film:
    address = _resolve(str(row["path"]).strip(), manifest)
    subtitle = _text(row.get("subtitle"))
    return Film(
        path=Path(Path(address.split("?")[0]).name) if is_remote(address) else to_path(address),
        facts={name: text for name in FACTS if (text := _text(row.get(name))) is not None},
        address=address if is_remote(address) else None,
        subtitle=_resolve(subtitle, manifest) if subtitle else None,
        subtitle_offset_seconds=_seconds(row.get("subtitle_offset_seconds"), row["path"], shown),
    )


def _resolve(place: str, manifest: str) -> str:
    """Return a path or an address; a relative path is resolved in the manifest's folder."""
    if is_remote(place):
        return place
    if is_remote(manifest) and not to_path(place).is_absolute():
        return join_address(parent_address(manifest), place)
    return str(to_path(manifest).parent / to_path(place))


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
            f"films: {shown}: {mask_address(str(path))}: subtitle_offset_seconds is {text!r}, "
            "which is not a number of seconds"
        )
    return seconds
