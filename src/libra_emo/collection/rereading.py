"""The licences of collected films read again when a release is made; what changed is held."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pandas as pd

from libra_emo.collection.archive import FETCHED
from libra_emo.collection.errors import FetchError
from libra_emo.collection.fetcher import Fetcher
from libra_emo.collection.information import digest_page, keep_fields
from libra_emo.collection.licence_gate import explain_change
from libra_emo.collection.options import CollectionOptions
from libra_emo.collection.pauses import draw_pause
from libra_emo.schemas import LicenceReadings, check, empty


def read_licences_again(
    collected: pd.DataFrame,
    fetcher: Fetcher,
    options: CollectionOptions,
    seed: int,
    sleep: Callable[[float], None] = time.sleep,
) -> pd.DataFrame:
    """Return LicenceReadings: a row a film that was fetched.

    A film is held if its licence is another one, is no longer named, or cannot be read. The day of
    the first reading stays, so that a release that is built again is the same.

    Args:
        collected: CollectedFilms.
        fetcher: Reads the pages.
        options: Options of the collection, for the pauses between films.
        seed: Seed of the pauses.
        sleep: Waits for a number of seconds.
    """
    films = collected[(collected["status"] == FETCHED) & collected["sha256"].notna()]
    if films.empty:
        return empty(LicenceReadings)
    rows = []
    for number, film in enumerate(films.to_dict("records")):
        if number:
            sleep(draw_pause(options, seed, film["address"]))
        rows.append(_read_again(film, fetcher))
    return check(pd.DataFrame(rows), LicenceReadings)


def _read_again(film: dict[Any, Any], fetcher: Fetcher) -> dict[str, Any]:
    row = {name: film[name] for name in ("sha256", "address", "license_text", "read_on")}
    try:
        kept = keep_fields(fetcher.read_page(film["address"]))
    except FetchError as error:
        return {**row, "info_sha256": None, "held": f"its licence cannot be read again: {error}"}
    held = explain_change(film["license"], kept.get("license"))
    return {**row, "info_sha256": digest_page(kept), "held": held}
