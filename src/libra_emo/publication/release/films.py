"""The films of a release: the split of each, its licence, and whether its clips may be copied.

A film whose licence permits no excerpts, or whose licence is not known, is released as time codes
and labels alone. A film whose licence was read when it was collected and reads otherwise now is
held: nothing of it is released until a person has looked.
"""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from libra_emo.common.licensing.terms import find_licence
from libra_emo.common.secrecy.addresses import is_address, show_address
from libra_emo.publication.errors import ReleaseError

SPLITS: Final = ("train", "validation", "test")
_SPLIT_OF_SIDE: Final = {"pool": "train", "validation": "validation", "bench": "test"}
COLUMNS: Final = (
    *("film_id", "split", "title", "author", "url", "license", "license_text", "license_read_on"),
    *("sha256", "language", "theme", "copies", "reason"),
)


def list_films(
    sources: pd.DataFrame, split: pd.DataFrame, readings: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the films that may be released, and those that are held.

    Args:
        sources: Sources.
        split: Split, by the content of the films.
        readings: What was read of licences: `sha256`, `license_text`, `read_on`, and `held`, the
            reason why the film is held (null if it is not). Films that nobody collected are absent.

    Returns:
        A table with `COLUMNS`, `copies` says whether clips may be passed on and `reason` why not;
        and a table with film_id and reason.

    Raises:
        ReleaseError: If one content lies on two sides of the split.
    """
    sides = _sides(split)
    read = readings.drop_duplicates("sha256", keep="last").set_index("sha256")
    rows, held = [], []
    for film in sources.to_dict("records"):
        side = sides.get(film["sha256"])
        if side is None:  # it gave no clips
            continue
        reading = read.loc[film["sha256"]].to_dict() if film["sha256"] in read.index else {}
        if _text(reading.get("held")) is not None:
            held.append({"film_id": film["source_id"], "reason": reading["held"]})
            continue
        rows.append(_describe(film, _SPLIT_OF_SIDE[side], reading))
    films = pd.DataFrame(rows, columns=list(COLUMNS)).sort_values("film_id", ignore_index=True)
    return films, pd.DataFrame(held, columns=["film_id", "reason"])


def _sides(split: pd.DataFrame) -> dict[str, str]:
    sides: dict[str, str] = {}
    for sha256, side in zip(split["sha256"], split["side"], strict=True):
        if sides.setdefault(sha256, side) != side:
            raise ReleaseError(f"the film with SHA-256 {sha256} is on two sides of the split")
    return sides


def _describe(film: dict[Any, Any], split: str, reading: dict[Any, Any]) -> dict[str, Any]:
    text = _text(reading.get("license_text")) or _text(film.get("license"))
    licence = find_licence(text)
    reason: str | None
    if licence is None:
        reason = "its licence is not known" if text is None else "its licence is not in the table"
    else:
        reason = None if licence.permits_clips else f"{licence.spdx} permits no excerpts"
    url = _text(film.get("url"))
    return {
        "film_id": film["source_id"],
        "split": split,
        "title": _text(film.get("title")),
        "author": _text(film.get("author")),
        "url": show_address(url) if url is not None and is_address(url) else url,
        "license": None if licence is None else licence.spdx,
        "license_text": text,
        "license_read_on": _text(reading.get("read_on")),
        "sha256": film["sha256"],
        "language": _text(film.get("language")),
        "theme": _text(film.get("theme")),
        "copies": reason is None,
        "reason": reason,
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
