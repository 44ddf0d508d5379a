"""The listing of many films: each is fetched, and described in a process of its own."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pandas as pd

from libra_emo.execution.executors import map_in_order
from libra_emo.media.films import (
    FetchedFilm,
    describe_fetched,
    describe_unlisted,
    fetch_or_explain,
)
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.sources import Film, LocalCopies
from libra_emo.pipelines.preprocessing.listed import ListedFilms
from libra_emo.pipelines.preprocessing.processes import open_executor
from libra_emo.pipelines.preprocessing.unchanged import map_uncached

logger = logging.getLogger(__name__)

PROCESS_DIED = "the process that read it died, and again when it read it alone"
TOO_LONG = "reading it takes longer than preprocessing.time_limits allows"


def list_films(
    films: Sequence[Film],
    options: PreprocessingOptions,
    copies: LocalCopies,
    executor: str,
    listed: ListedFilms,
) -> list[dict[str, Any]]:
    """Return the row of each film, in their order; what is wrong with one costs that one alone.

    Films that lie elsewhere are fetched in threads, which mostly wait. Films are read in worker
    processes, since a broken film may crash its reader, or occupy it for ever.

    Args:
        films: The films, with absolute paths.
        options: Options that say which licences are allowed, and how long a film may take.
        copies: Folder for local copies of remote films.
        executor: Executor that reads the films.
        listed: Rows of films that were listed before; one that nobody touched since is not read.

    Raises:
        DiskError: If there is no room for a copy.
    """
    fetch = partial(fetch_or_explain, options=options, copies=copies)
    elsewhere = [film for film in films if _is_elsewhere(film)]
    with ThreadPoolExecutor() as threads:
        copied = iter(map_in_order(threads, fetch, elsewhere, "films fetched"))
    fetched = [next(copied) if _is_elsewhere(film) else fetch(film) for film in films]
    found = [listed.find(film) for film in fetched]
    with open_executor(executor) as pool:
        rows = map_uncached(
            pool,
            partial(describe_fetched, options=options),
            fetched,
            found,
            "films listed",
            name=_name,
            give_up=partial(describe_unlisted, reason=PROCESS_DIED),
            limit_seconds=lambda film: options.time_limits.limit_listing(film.size),
            give_up_late=partial(describe_unlisted, reason=TOO_LONG),
        )
    for film, row, before in zip(fetched, rows, found, strict=True):
        if before is None:
            listed.keep(film, row)
    listed.save()
    return rows


def log_warnings(sources: pd.DataFrame) -> None:
    """Log how many films have a warning, and the first of them."""
    warned = sources.loc[sources["warning"].notna(), ["source_id", "warning"]]
    if len(warned):
        first = warned.iloc[0]
        logger.warning(
            "%d of %d films have a warning in the sources; the first is %s: %s",
            len(warned),
            len(sources),
            first["source_id"],
            first["warning"],
        )


def _is_elsewhere(film: Film) -> bool:
    return film.address is not None or film.subtitle_address is not None


def _name(fetched: FetchedFilm) -> str:
    return fetched.film.path.name
