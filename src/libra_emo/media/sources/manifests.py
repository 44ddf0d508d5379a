"""Lists of films: a CSV or Parquet file with a row a film."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.errors import LibraEmoError
from libra_emo.media.sources.addresses import (
    AddressError,
    is_remote,
    join_address,
    mask_address,
    open_system,
    parent_address,
    tell,
    to_path,
)

MANIFEST_ENDINGS = (".csv", ".parquet")
FACTS = ("title", "url", "author", "license", "theme", "language")


class FilmsError(LibraEmoError):
    """The place that the parameter `films` names holds no films that can be listed."""


@dataclass(frozen=True)
class Film:
    """A film, and what a manifest says of it.

    Attributes:
        path: The file; it need not be readable, nor there. Of a film that lies elsewhere it is but
            the name.
        facts: Of `title`, `url`, `author`, `license`, `theme` and `language` those that are given.
        address: Where it lies, where that is not this machine.
        subtitle: Path or address of its subtitle, where a manifest names one.
        subtitle_offset_seconds: Added to its subtitles' times, where a manifest says so.
    """

    path: Path
    facts: dict[str, str] = field(default_factory=dict)
    address: str | None = None
    subtitle: str | None = None
    subtitle_offset_seconds: float | None = None

    @property
    def place(self) -> str:
        """Where it lies, as an address without credentials or as a path."""
        return mask_address(self.address) if self.address else self.path.as_posix()


def read_manifest(place: str) -> list[Film]:
    """Return the films of a manifest, each once; paths in it count from its own folder.

    Args:
        place: Path or address of a CSV or Parquet file with a column `path` and, where known,
            `title`, `url`, `author`, `license`, `theme`, `language`, `subtitle` (path or address)
            and `subtitle_offset_seconds`.

    Raises:
        FilmsError: If it cannot be read, or a row is not as it should be.
    """
    told = mask_address(place)
    table = _read_table(place, told)
    if "path" not in table.columns:
        raise FilmsError(f"films: {told}: the manifest has no column `path`")
    empty = table["path"].isna() | (table["path"].astype(str).str.strip() == "")
    if empty.any():
        first = int(empty.to_numpy().argmax()) + 1
        raise FilmsError(f"films: {told}: row {first} of the manifest has no path")
    rows = table.drop_duplicates("path").to_dict("records")
    return [_to_film(row, place, told) for row in rows]


def _read_table(place: str, told: str) -> pd.DataFrame:
    try:
        if not is_remote(place):
            return _parse(to_path(place), place)
        system, path = open_system(place)
        with system.open(path, "rb") as file:
            return _parse(file, path)
    except AddressError as error:
        raise FilmsError(f"films: {error}") from error
    except Exception as error:
        reason = mask_address(tell(place, error) if is_remote(place) else str(error))
        raise FilmsError(f"films: {told}: the manifest cannot be read: {reason}") from error


def _parse(file: Any, name: str) -> pd.DataFrame:
    if name.lower().partition("?")[0].endswith(".parquet"):
        return pd.read_parquet(file)
    return pd.read_csv(file, dtype=str, encoding="utf-8-sig")


def _to_film(row: dict[Any, Any], manifest: str, told: str) -> Film:
    where = _resolve(str(row["path"]).strip(), manifest)
    subtitle = _text(row.get("subtitle"))
    return Film(
        path=Path(Path(where.split("?")[0]).name) if is_remote(where) else to_path(where),
        facts={name: text for name in FACTS if (text := _text(row.get(name))) is not None},
        address=where if is_remote(where) else None,
        subtitle=_resolve(subtitle, manifest) if subtitle else None,
        subtitle_offset_seconds=_seconds(row.get("subtitle_offset_seconds"), row["path"], told),
    )


def _resolve(place: str, manifest: str) -> str:
    """Return a path or an address; a path counts from the folder of the manifest."""
    if is_remote(place):
        return place
    if is_remote(manifest) and not to_path(place).is_absolute():
        return join_address(parent_address(manifest), place)
    return str(to_path(manifest).parent / to_path(place))


def _text(value: Any) -> str | None:
    text = "" if value is None or pd.isna(value) else str(value).strip()
    return text or None


def _seconds(value: Any, path: str, told: str) -> float | None:
    text = _text(value)
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise FilmsError(
            f"films: {told}: {mask_address(str(path))}: subtitle_offset_seconds is {text!r}, "
            "which is no number of seconds"
        )
    return seconds
