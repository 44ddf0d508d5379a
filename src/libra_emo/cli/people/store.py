"""The vote store of a project, opened for one command, and its table of records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from libra_emo.cli.session import open_context

if TYPE_CHECKING:
    from pathlib import Path

    from libra_emo.annotation.store import VoteStore

STORE = "annotation_store"
RECORDS = "vote_records"


@contextmanager
def open_store(project: Path, environment: str | None) -> Iterator[tuple[VoteStore, Any]]:
    """Give the store of votes and the catalog; the store knows who withdrew."""
    from libra_emo.annotation.database.withdrawals import remember_withdrawn
    from libra_emo.common.takedowns.log import FOLDER, read_log

    with open_context(project, environment) as context:
        store = context.catalog.load(STORE)
        remember_withdrawn(store, read_log(project / FOLDER).withdrawn)
        yield store, context.catalog


def save_records(store: VoteStore, catalog: Any) -> None:
    """Write what the store holds to the table that is shared with others."""
    from libra_emo.annotation.records import read_records

    if RECORDS in catalog:
        catalog.save(RECORDS, read_records(store))
