"""The collection: each address of a list asked about, judged, and fetched if it may be."""

from __future__ import annotations

import datetime
import logging
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from libra_emo.collection.address_list import Listed
from libra_emo.collection.archive import FAILED, FETCHED, REFUSED, WAITING, Archive
from libra_emo.collection.errors import FetchError
from libra_emo.collection.fetcher import Fetcher
from libra_emo.collection.information import digest_page, find_language, find_theme, keep_fields
from libra_emo.collection.licence_gate import explain_refusal
from libra_emo.collection.options import CollectionOptions
from libra_emo.collection.pauses import draw_pause
from libra_emo.collection.placing import find_ready, make_ready, place
from libra_emo.collection.targets import Tally
from libra_emo.common.digests import digest_text
from libra_emo.common.licensing.terms import find_licence
from libra_emo.common.takedowns.log import ADDRESS, TAKEN_DOWN, TakedownLog, salt_value
from libra_emo.schemas import CollectedFilms, check, empty

logger = logging.getLogger(__name__)

_COLUMNS: Final = tuple(CollectedFilms.to_schema().columns)


@dataclass
class Collection:
    """A collection of films.

    Attributes:
        fetcher: Reads pages and fetches films.
        options: Options of the collection.
        films: Folder of the films.
        work: Folder of the archive, and of films that are not whole yet.
        seed: Seed of the pauses.
        today: The day that is written beside what was read.
        sleep: Waits for a number of seconds.
        takedowns: What was taken down, and is not fetched again.
    """

    fetcher: Fetcher
    options: CollectionOptions
    films: Path
    work: Path
    seed: int
    today: datetime.date
    sleep: Callable[[float], None] = time.sleep
    takedowns: TakedownLog = field(default_factory=TakedownLog)
    _asked: bool = False

    def collect(self, listed: Iterable[Listed]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Ask about each film of a list; return CollectedFilms, and films by theme and language.

        What fails costs only itself, and is tried again by the next run. What was fetched is never
        fetched again; a run that is killed goes on where it was.
        """
        self.work.mkdir(parents=True, exist_ok=True)
        archive = Archive(self.work)
        for folder, record in find_ready(self.work):
            if self.takedowns.find(content=record.get("sha256")) is None:
                self._finish(archive, folder, record)
            else:
                shutil.rmtree(folder, ignore_errors=True)
        films = list(listed)
        known = [archive.find(film.address) for film in films]
        tally = Tally(self.options.targets, [record for record in known if record])
        records = [self._collect_one(film, archive, tally) for film in films]
        return _tabulate(records), tally.tabulate()

    def _collect_one(self, film: Listed, archive: Archive, tally: Tally) -> dict[str, Any]:
        if film.trouble is not None:
            return {"address": film.address, "status": FAILED, "reason": film.trouble}
        if (number := self.takedowns.find(address=film.address)) is not None:
            return self._refuse_taken_down(film, number)
        known = archive.find(film.address)
        if known is not None and self._is_final(known):
            return known
        try:
            record = self._ask(film, archive, tally)
        except FetchError as error:
            record = {"address": film.address, "status": FAILED, "reason": str(error)}
            logger.warning("%s: %s", film.address, error)
        if record["status"] == FETCHED:
            tally.add(record)
        else:
            archive.add(record)
        return record

    def _refuse_taken_down(self, film: Listed, number: int) -> dict[str, Any]:
        """Return the record of an address that was taken down; it does not name the address."""
        digest = salt_value(self.takedowns.entries[number - 1]["salt"], ADDRESS, film.address)
        return {"address": f"taken-down:{digest[:12]}", "status": REFUSED, "reason": TAKEN_DOWN}

    def _is_final(self, record: dict[str, Any]) -> bool:
        """Return whether an address need not be asked about again."""
        refused = record["status"] == REFUSED and not self.options.refused_again
        return record["status"] == FETCHED or refused

    def _ask(self, film: Listed, archive: Archive, tally: Tally) -> dict[str, Any]:
        """Read the page of a film, and fetch the film if gate and targets permit it."""
        self._pause(film.address)
        page = self.fetcher.read_page(film.asked)
        kept = keep_fields(page)
        record = self._describe(film, kept)
        refusal = explain_refusal(kept.get("license"), self.options.allowed_licenses)
        if refusal is not None:
            return {**record, "status": REFUSED, "reason": refusal}
        if (number := self.takedowns.find(author=record["author"])) is not None:
            return self._refuse_taken_down(film, number)
        enough = tally.explain_enough(record)
        if enough is not None:
            return {**record, "status": WAITING, "reason": enough}
        folder = self.work / digest_text(film.address)[:16]
        folder.mkdir(exist_ok=True)
        files = self.fetcher.fetch(page, folder)
        fetched = {**record, "status": FETCHED, "fetched_on": self.today.isoformat()}
        ready = make_ready(files, kept, fetched, folder)
        if (number := self.takedowns.find(content=ready["sha256"])) is not None:
            shutil.rmtree(folder, ignore_errors=True)
            return self._refuse_taken_down(film, number)
        self._finish(archive, folder, ready)
        return ready

    def _describe(self, film: Listed, kept: dict[str, Any]) -> dict[str, Any]:
        text = kept.get("license")
        licence = find_licence(text)
        return {
            "address": film.address,
            "title": kept.get("title"),
            "author": kept.get("uploader"),
            "license_text": text,
            "license": None if licence is None else licence.spdx,
            "read_on": self.today.isoformat(),
            "info_sha256": digest_page(kept),
            "theme": find_theme(kept, film.theme),
            "language": find_language(kept, film.language),
            "duration_s": kept.get("duration"),
        }

    def _finish(self, archive: Archive, folder: Path, record: dict[str, Any]) -> None:
        """Record a film that is ready, and move it to its place."""
        known = archive.find(record["address"])
        if known is None or known["status"] != FETCHED:
            archive.add(record)
        place(folder, self.films)
        shutil.rmtree(folder, ignore_errors=True)

    def _pause(self, address: str) -> None:
        """Wait before each film that is asked about, but not before the first."""
        if self._asked:
            self.sleep(draw_pause(self.options, self.seed, address))
        self._asked = True


def _tabulate(records: list[dict[str, Any]]) -> pd.DataFrame:
    if not records:
        return empty(CollectedFilms)
    rows = [{name: record.get(name) for name in _COLUMNS} for record in records]
    return check(pd.DataFrame(rows, columns=list(_COLUMNS)), CollectedFilms)
