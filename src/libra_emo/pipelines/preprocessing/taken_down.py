"""Films that were taken down: they are listed without anything that names them, and refused."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from libra_emo.common.digests import digest_file
from libra_emo.common.takedowns.log import CONTENT, TAKEN_DOWN, TakedownLog, salt_value
from libra_emo.media.films import FetchedFilm, describe_film, describe_unlisted
from libra_emo.media.sources import Film

PLACE: Final = "taken-down"

Row = dict[str, Any]


def separate_addresses(films: Sequence[Film], log: TakedownLog) -> tuple[list[Film], list[Row]]:
    """Return the films that may be fetched, and rows of those whose address was taken down.

    Args:
        films: The films.
        log: The takedowns.
    """
    if not log.entries:
        return list(films), []
    kept, refused = [], []
    for film in films:
        address = film.shown_address or film.facts.get("url")
        number = log.find(address=address, author=film.facts.get("author"))
        if number is None:
            kept.append(film)
        else:
            row = describe_unlisted(FetchedFilm(film), TAKEN_DOWN)
            refused.append(_hide(row, number, log))
    return kept, refused


def remove_drawn(
    truth: pd.DataFrame, films: list[Film], log: TakedownLog
) -> tuple[pd.DataFrame, list[Film]]:
    """Return the truth and the films of a sample without those that were taken down.

    Their files, which were drawn again just now, are removed.

    Args:
        truth: Table of the schema SampleTruth.
        films: The films of the sample.
        log: The takedowns.
    """
    gone = [film for film in films if log.has_content(_digest(film, log))]
    names = {describe_film(film)["source_id"] for film in gone}
    for film in gone:
        for path in film.path.parent.glob(f"{film.path.stem}.*"):
            path.unlink()
    kept = truth[~truth["source_id"].isin(names)].reset_index(drop=True) if gone else truth
    return kept, [film for film in films if film not in gone]


def _digest(film: Film, log: TakedownLog) -> str:
    return digest_file(film.path) if log.entries else ""


def refuse_rows(rows: Iterable[Row], log: TakedownLog, copies: Path) -> list[Row]:
    """Return rows of the sources; those of films that were taken down name nothing any more.

    A copy of such a film that was fetched just now is removed.

    Args:
        rows: Rows of the sources.
        log: The takedowns.
        copies: Folder of the copies of remote films.
    """
    if not log.entries:
        return list(rows)
    listed = []
    for row in rows:
        number = _find(row, log)
        if number is not None:
            _remove_copy(Path(row["video_path"]).absolute(), copies)
        listed.append(row if number is None else _hide(row, number, log))
    return listed


def names_taken_down(row: Row, log: TakedownLog) -> bool:
    """Return whether a row of the sources is that of a film that was taken down."""
    return bool(log.entries) and _find(row, log) is not None


def _find(row: Row, log: TakedownLog) -> int | None:
    return log.find(content=row["sha256"], address=row["url"], author=row["author"])


def _hide(row: Row, number: int, log: TakedownLog) -> Row:
    """Return a row with an id, a path and a digest from which the film cannot be found."""
    salt = log.entries[number - 1]["salt"]
    return {
        **dict.fromkeys(row),
        "source_id": f"taken-down-{number}",
        "video_path": PLACE,
        "sha256": salt_value(salt, CONTENT, row["sha256"]),
        "trouble": TAKEN_DOWN,
    }


def _remove_copy(path: Path, copies: Path) -> None:
    if path.parent.parent == copies:
        shutil.rmtree(path.parent, ignore_errors=True)
