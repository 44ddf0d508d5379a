"""Nodes of the collection."""

from __future__ import annotations

import datetime
import logging
from pathlib import Path

import pandas as pd

from libra_emo.collection.address_list import read_addresses
from libra_emo.collection.collecting import Collection
from libra_emo.collection.errors import CollectionError
from libra_emo.collection.fetcher import Fetcher
from libra_emo.collection.options import CollectionOptions
from libra_emo.collection.rereading import read_licences_again
from libra_emo.collection.yt_dlp_fetcher import YtDlpFetcher
from libra_emo.common.takedowns.log import read_log
from libra_emo.media.sources import MANIFEST_ENDINGS, is_remote, to_path

logger = logging.getLogger(__name__)


def collect_films(
    films: str,
    collection: CollectionOptions,
    seed: int,
    collection_folder: Path,
    fetcher: Fetcher | None = None,
    today: datetime.date | None = None,
    takedowns_folder: Path | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fetch the films of the list into the folder of films; return collected_films and counts.

    Args:
        films: Folder of the films.
        collection: Options of the collection.
        seed: Seed of the pauses between films.
        collection_folder: Folder of the archive and of what is not whole yet.
        fetcher: Reads pages and fetches films; yt-dlp by default.
        today: The day of reading; that of the clock by default.
        takedowns_folder: Folder of the log of takedowns.

    Raises:
        CollectionError: If the films lie elsewhere than in a folder of this machine.
    """
    if is_remote(films) or films.lower().endswith(MANIFEST_ENDINGS):
        raise CollectionError(f"films: {films}: the collection needs a folder of this machine")
    listed = read_addresses(Path(collection.addresses))
    run = Collection(
        fetcher=fetcher or YtDlpFetcher(collection),
        options=collection,
        films=to_path(films),
        work=collection_folder,
        seed=seed,
        today=today or _today(),
        takedowns=read_log(takedowns_folder),
    )
    collected, counts = run.collect(listed)
    numbers = collected["status"].value_counts().to_dict()
    logger.info("films: %s", ", ".join(f"{n} {status}" for status, n in numbers.items()) or "none")
    return collected, counts


def reread_licences(
    remembered_collected_films: pd.DataFrame,
    collection: CollectionOptions,
    seed: int,
    fetcher: Fetcher | None = None,
) -> pd.DataFrame:
    """Return licence_readings; nothing is asked where no film was collected."""
    return read_licences_again(
        remembered_collected_films, fetcher or YtDlpFetcher(collection), collection, seed
    )


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
