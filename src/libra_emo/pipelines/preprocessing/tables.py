"""The tables of the preprocessing, made of the results of each film."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from libra_emo.common.takedowns.log import TAKEN_DOWN
from libra_emo.media.films import FilmResult, ledger_row
from libra_emo.pipelines.preprocessing.places import from_root
from libra_emo.schemas import Candidates, ClipLedger, check, empty

Row = dict[str, Any]


def separate_duplicates(sources: pd.DataFrame) -> tuple[list[Row], list[Row]]:
    """Return the rows of films to process, and the ledger rows of duplicate films.

    A film with the same content as an earlier one is refused, so that no clip comes twice, and so
    is one that was taken down.

    Args:
        sources: Table of the schema Sources, sorted by id.
    """
    trouble = sources.get("trouble", pd.Series(index=sources.index, dtype=object))
    gone = trouble.eq(TAKEN_DOWN).fillna(False).astype(bool)
    taken = [ledger_row(name, "refused", TAKEN_DOWN) for name in sources.loc[gone, "source_id"]]
    sources = sources[~gone]
    readable = sources["width"].notna()
    duplicate = sources["sha256"].where(readable).duplicated() & readable
    first = sources[readable].drop_duplicates("sha256").set_index("sha256")["source_id"]
    refused = [
        ledger_row(row["source_id"], "refused", f"same content as {first[row['sha256']]}")
        for row in to_rows(sources[duplicate])
    ]
    return to_rows(sources[~duplicate]), [*taken, *refused]


def tabulate_results(
    results: Iterable[FilmResult], refused: Iterable[Row]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the ledger, the candidates and the index of shards.

    Args:
        results: Result of each processed film.
        refused: Ledger rows of films that were not processed.
    """
    results = list(results)
    ledger = [row for result in results for row in result.ledger]
    candidates = [
        {**row, "clip_path": from_root(row["clip_path"])}
        for result in results
        for row in result.candidates
    ]
    index = [(row["clip_id"], result.shard) for result in results for row in result.candidates]
    return (
        tabulate([*ledger, *refused], ClipLedger, ["source_id", "start_s"]),
        tabulate(candidates, Candidates, ["clip_id"]),
        pd.DataFrame(sorted(index), columns=["clip_id", "shard"], dtype=str),
    )


def tabulate(rows: list[Row], schema: Any, keys: list[str]) -> pd.DataFrame:
    """Return rows as a table that is checked against a schema and sorted by keys."""
    if not rows:
        return empty(schema)
    return check(pd.DataFrame(rows), schema).sort_values(keys, ignore_index=True)


def to_rows(table: pd.DataFrame) -> list[Row]:
    """Return the rows of a table as dicts, with None for missing values."""
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in table.to_dict("records")
    ]
