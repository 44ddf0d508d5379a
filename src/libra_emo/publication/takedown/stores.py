"""Stores of votes and answers that are no files of the project's data."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from libra_emo.common.takedowns.store_changes import SQLITE, StorePlace, read_address

SECTIONS: Final = ("annotation_store", "answer_ledger")


def find_stores_elsewhere(project: Path) -> list[StorePlace]:
    """Return where the stores are named that some environment keeps elsewhere than below `data`.

    A store that several environments share is returned once. A SQLite file that does not exist is
    no store yet.
    """
    data = (project / "data").resolve()
    places: dict[str, StorePlace] = {}
    for path in sorted((project / "conf").glob("*/credentials*.yml")):
        for section in SECTIONS:
            place = StorePlace(path.relative_to(project).as_posix(), section)
            url = read_address(project, place)
            if url is not None and _is_elsewhere(url, data):
                places.setdefault(url, place)
    return list(places.values())


def _is_elsewhere(url: str, data: Path) -> bool:
    """Return whether a store is no SQLite file below the folder of the data."""
    if not url.startswith(SQLITE):
        return True
    path = Path(url.removeprefix(SQLITE).partition("?")[0]).resolve()
    return path.is_file() and not path.is_relative_to(data)


def list_vote_stores(project: Path) -> list[str]:
    """Return the addresses of the stores of votes that exist, of all environments."""
    places = [
        StorePlace(path.relative_to(project).as_posix(), SECTIONS[0])
        for path in sorted((project / "conf").glob("*/credentials*.yml"))
    ]
    urls = {url for place in places if (url := read_address(project, place)) is not None}
    return sorted(url for url in urls if not url.startswith(SQLITE) or _is_file(url))


def _is_file(url: str) -> bool:
    return Path(url.removeprefix(SQLITE).partition("?")[0]).is_file()
