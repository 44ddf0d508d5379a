"""Votes and paid answers as tables that DVC versions, and stores made from them in a clone.

The stores are databases that are added to for ever. They belong to one place and are no outputs of
DVC: `dvc checkout` would replace them. What travels is a file made from each.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kedro.io import CatalogProtocol

from libra_emo.hooks.repository import open_repository

logger = logging.getLogger(__name__)

STORE, RECORDS = "annotation_store", "vote_records"
TAKEDOWNS = "takedowns_folder"
# ledger → its recording
LEDGERS = {
    "answers": "recorded_answers",
    "explanation_answers": "recorded_explanations",
    "evaluation_answers": "recorded_evaluations",
}


def share_stores(
    parameters: dict[str, Any], catalog: CatalogProtocol[Any, Any], project: Path
) -> None:
    """Write what the stores hold to files and add these to DVC; an empty store has none.

    An error is a warning: what the stores hold is safe in them.

    Args:
        parameters: All parameters, merged.
        catalog: Catalog with the stores and the files.
        project: The project's folder.
    """
    try:
        written = [*_write_votes(parameters, catalog), *_write_answers(catalog)]
        _add_to_dvc([path for path in written if _is_new(path)], project)
    except Exception as error:
        logger.warning("votes and answers were not shared through DVC: %s", error)
        logger.debug("DVC", exc_info=True)


def restore_stores(parameters: dict[str, Any], catalog: CatalogProtocol[Any, Any]) -> None:
    """Fill the stores that are empty here from the files that were pulled.

    So nobody is asked again in a clone, and nothing is paid for twice.

    Raises:
        LibraEmoError: If such a file cannot be read.
    """
    if parameters.get("annotators") == "people" and _has(catalog, STORE, RECORDS):
        store = catalog.load(STORE)
        if catalog.exists(RECORDS) and not store.campaigns():
            from libra_emo.annotation.database.withdrawals import remember_withdrawn
            from libra_emo.annotation.records import restore_records

            remember_withdrawn(store, _read_withdrawn(catalog))
            votes = restore_records(store, catalog.load(RECORDS)).votes
            logger.info("The store of votes was empty; %d votes are restored.", votes)
    for ledger in LEDGERS:
        restore_answers(catalog, ledger, only_empty=True)


def _read_withdrawn(catalog: CatalogProtocol[Any, Any]) -> list[tuple[str, str]]:
    from libra_emo.common.takedowns.log import read_log

    folder = catalog.load(TAKEDOWNS) if TAKEDOWNS in catalog else None
    return read_log(folder).withdrawn


def restore_answers(catalog: CatalogProtocol[Any, Any], name: str, only_empty: bool) -> int:
    """Add the answers of a ledger's recording to the ledger; return how many are new.

    Args:
        catalog: Catalog with the ledger and the recording.
        name: Name of the ledger.
        only_empty: Whether to do this only if the ledger has no answer yet.

    Raises:
        LedgerError: If the recording cannot be read.
    """
    if not _has(catalog, name, LEDGERS[name]):
        return 0
    path = _path_of(catalog, LEDGERS[name])
    if path is None or not path.is_file():
        return 0
    from libra_emo.llm.ledger.recordings import replay_answers

    with catalog.load(name) as ledger:
        if only_empty and next(iter(ledger.answers()), None) is not None:
            return 0
        added = replay_answers(ledger, path)
    if added:
        logger.info("%d answers of models are restored from %s.", added, path.name)
    return added


def _write_votes(parameters: dict[str, Any], catalog: CatalogProtocol[Any, Any]) -> Iterator[Path]:
    if parameters.get("annotators") != "people" or not _has(catalog, STORE, RECORDS):
        return
    store = catalog.load(STORE)
    path = _path_of(catalog, RECORDS)
    if path is not None and store.campaigns():
        from libra_emo.annotation.records import read_records

        catalog.save(RECORDS, read_records(store))
        yield path


def _write_answers(catalog: CatalogProtocol[Any, Any]) -> Iterator[Path]:
    for name, recording in LEDGERS.items():
        if not _has(catalog, name, recording):
            continue
        database, path = _path_of(catalog, name), _path_of(catalog, recording)
        if path is None or database is None or not database.is_file():
            continue
        if path.is_file() and path.stat().st_mtime_ns >= _changed_at(database):
            yield path
            continue
        from libra_emo.llm.ledger.recordings import export_answers

        with catalog.load(name) as ledger:
            if next(iter(ledger.answers()), None) is None:
                continue
            export_answers(ledger, path)
        yield path


def _changed_at(database: Path) -> int:
    """Return when a database was last written; recent writes are in a file beside it."""
    beside = database.with_name(f"{database.name}-wal")
    return max(path.stat().st_mtime_ns for path in (database, beside) if path.is_file())


def _is_new(path: Path) -> bool:
    record = path.with_name(f"{path.name}.dvc")
    return not record.is_file() or record.stat().st_mtime_ns < path.stat().st_mtime_ns


def _add_to_dvc(paths: list[Path], project: Path) -> None:
    repository = open_repository(project, without_git=True) if paths else None
    if repository is None:
        return
    with contextlib.chdir(project), repository:
        repository.add([str(path.relative_to(project)) for path in paths])


def _has(catalog: CatalogProtocol[Any, Any], *names: str) -> bool:
    return all(name in catalog for name in names)


def _path_of(catalog: CatalogProtocol[Any, Any], name: str) -> Path | None:
    """Return the file of a dataset; the datasets, and pandas with them, are loaded only now."""
    from libra_emo.datasets import dataset_path

    return dataset_path(catalog.get(name))
