"""`kedro import-votes` and `kedro restore-votes`: people's votes into the store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from libra_emo.cli.endings import OneLine, one_line_errors
from libra_emo.cli.people.store import RECORDS, open_store, save_records
from libra_emo.cli.session import environment_option

if TYPE_CHECKING:
    import pandas as pd

    from libra_emo.annotation.store import VoteStore

NAMED_LINES = 10


@click.command(name="import-votes")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--campaign", help="Campaign, for a file without the column `campaign`.")
@click.option("--annotator", help="Who answered, for a file without the column `annotator`.")
@environment_option
@click.pass_obj
@one_line_errors
def import_votes(
    metadata: Any, file: Path, campaign: str | None, annotator: str | None, env: str | None
) -> None:
    """Import votes from FILE into the vote store.

    FILE is CSV (campaign, clip_id, annotator, label), crowd-kit's table or Label Studio's JSON.
    """
    from libra_emo.annotation.csv_votes import import_votes as add_votes

    with open_store(metadata.project_path, env) as (store, catalog):
        taxonomy = catalog.load("taxonomy")
        result = add_votes(store, file, datetime.now(UTC), campaign, annotator, taxonomy)
        save_records(store, catalog)
    click.echo(f"{result.added} votes added, {result.known} known already")
    if result.unanswered:
        click.echo(f"{result.unanswered} rows have no answer yet")
    if result.replaced:
        click.echo(
            f"{result.replaced} answers of this file had been replaced by later ones and stay so; "
            "a row with a new `voted_at` counts as a new answer"
        )
    for lines, reason in group_rejections(result.rejections):
        click.echo(f"{file.name}, {lines}: {reason}", err=True)
    if len(result.rejections) and not result.added + result.known:
        raise OneLine("no vote was taken", 1)
    if not len(result.rejections):
        _list_waiting(store)


def group_rejections(rejections: pd.DataFrame) -> list[tuple[str, str]]:
    """Return each reason with the lines that it is about; of many lines the first are named."""
    grouped = rejections.groupby("reason", sort=False)["line"].agg(list)
    return [(_name_lines(lines), str(reason)) for reason, lines in grouped.items()]


def _name_lines(lines: list[int]) -> str:
    if len(lines) == 1:
        return f"line {lines[0]}"
    shown = ", ".join(str(line) for line in lines[:NAMED_LINES])
    more = f" and {len(lines) - NAMED_LINES} more" if len(lines) > NAMED_LINES else ""
    return f"lines {shown}{more}"


@click.command(name="restore-votes")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@environment_option
@click.pass_obj
@one_line_errors
def restore_votes(metadata: Any, file: Path | None, env: str | None) -> None:
    """Add the votes of FILE, the shared table of votes, to this project's store.

    Without FILE the table of the catalog is read, data/01_raw/vote_records.parquet. What the store
    has stays, so that the command may be repeated.
    """
    from libra_emo.annotation.records import restore_records

    with open_store(metadata.project_path, env) as (store, catalog):
        restored = restore_records(store, _load_records(file, catalog))
        save_records(store, catalog)
    click.echo(
        f"{restored.votes} votes, {restored.campaigns} campaigns and {restored.annotators} "
        "annotators restored"
    )
    if restored.refused:
        lines = _name_lines(list(restored.refused)).replace("line", "row")
        click.echo(f"left out, since the person withdrew: {lines}", err=True)


def _load_records(file: Path | None, catalog: Any) -> Any:
    from libra_emo.datasets import TableDataset

    if file is not None:
        return TableDataset(filepath=str(file), schema="StoreRecords").load()
    if not catalog.exists(RECORDS):
        raise OneLine(
            "there is no table of votes in data/01_raw/vote_records.parquet; pull it with "
            "`dvc pull`, or name a file",
            1,
        )
    return catalog.load(RECORDS)


def _list_waiting(store: VoteStore) -> None:
    """List the campaigns that still wait for votes, or say how to go on."""
    waiting = [
        progress
        for progress in store.progress()
        if progress.complete < progress.clips and not progress.closed
    ]
    for progress in waiting:
        left = progress.clips - progress.complete
        click.echo(f"{progress.campaign.name}: {left} of {progress.clips} clips still wait")
    if not waiting:
        click.echo("every open campaign has its votes; `make run` continues")
