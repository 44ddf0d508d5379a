"""The files in which leads take votes away, under pseudonyms."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.exchange.label_studio import write_tasks
from libra_emo.annotation.exchange.tables import (
    tabulate_counted,
    tabulate_for_crowdkit,
    tabulate_history,
)
from libra_emo.annotation.store import VoteStore
from libra_emo.common.spreadsheets import guard_table


def _write_parquet(store: VoteStore, campaign: Campaign) -> bytes:
    content = io.BytesIO()
    tabulate_history(store, campaign.name).to_parquet(content, index=False)
    return content.getvalue()


def _write_history(store: VoteStore, campaign: Campaign) -> bytes:
    return _write_csv(tabulate_history(store, campaign.name))


def _write_long(store: VoteStore, campaign: Campaign) -> bytes:
    return _write_csv(tabulate_for_crowdkit(store, campaign))


def _write_tasks(store: VoteStore, campaign: Campaign) -> bytes:
    return write_tasks(tabulate_counted(store, campaign)).encode("utf-8")


def _write_csv(table: pd.DataFrame) -> bytes:
    # the mark lets spreadsheets read the letters of all scripts
    text = "\ufeff" + guard_table(table).to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8")


WRITERS: Final[dict[str, Callable[[VoteStore, Campaign], bytes]]] = {
    "parquet": _write_parquet,
    "csv": _write_history,
    "crowdkit.csv": _write_long,
    "labelstudio.json": _write_tasks,
}
