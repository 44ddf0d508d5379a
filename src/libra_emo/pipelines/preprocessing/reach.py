"""Films that cannot be reached: they keep what was made of them, and the run ends with an error."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from libra_emo.errors import LibraEmoError
from libra_emo.media.films import FilmResult, remember_sources
from libra_emo.pipelines.preprocessing.memories import CuttingMemories
from libra_emo.pipelines.preprocessing.places import to_root
from libra_emo.pipelines.preprocessing.tables import Row, to_rows

logger = logging.getLogger(__name__)


class FilmsOutOfReach(LibraEmoError):
    """Films could not be reached, for a reason that may pass."""


def raise_if_out_of_reach(sources: pd.DataFrame) -> None:
    """Raise if a film could not be reached, for a reason that may pass; each one is logged.

    Args:
        sources: Table of the schema Sources.

    Raises:
        FilmsOutOfReach: Naming the first film, and what to do.
    """
    if "outage" not in sources.columns:
        return
    away = to_rows(sources[sources["outage"].notna()])
    if not away:
        return
    for row in away:
        logger.warning("%s: out of reach: %s", row["source_id"], row["outage"])
    more = f" (and {len(away) - 1} more)" if len(away) > 1 else ""
    raise FilmsOutOfReach(
        f"{len(away)} of {len(sources)} films could not be reached: {away[0]['outage']}{more}. "
        "Nothing was removed, and the other films are done; run again when they can be reached, or "
        "take them out of `films`"
    )


def name_outages(results: Sequence[FilmResult], films: Sequence[Row]) -> None:
    """Put the outage into the ledger rows of films that could not be cut because of it."""
    for result, film in zip(results, films, strict=True):
        if film.get("outage") and is_failed(result):
            result.ledger[0]["detail"] = film["outage"]


def is_failed(result: FilmResult) -> bool:
    """Return whether a film could not be cut at all."""
    return [row["outcome"] for row in result.ledger] == ["unreadable"] and (
        result.ledger[0]["start_s"] is None
    )


def remember_films(
    films: Sequence[Row], results: Sequence[FilmResult], folder: Path, memories: CuttingMemories
) -> None:
    """Remember the rows of films that were cut, for times when they cannot be reached.

    Args:
        films: Rows of the sources, with paths relative to the working folder.
        results: Their results.
        folder: Folder of the records of films.
        memories: What is remembered of films that were cut.
    """
    pairs = zip(films, results, strict=True)
    cut = [film for film, result in pairs if result.ledger[0]["start_s"] is not None]
    texts = {str(film["source_id"]): _list_texts(film) for film in cut}
    remember_sources(cut, texts, folder, memories.sources, memories.files)


def _list_texts(film: Row) -> list[Path]:
    """Return the subtitle files of a film."""
    places = [film.get("subtitle_path")]
    places += [place["path"] for place in json.loads(film.get("translations") or "{}").values()]
    return [to_root(place) for place in places if place and place != film["video_path"]]
