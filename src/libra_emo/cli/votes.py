"""`kedro import-votes`: people's votes from a CSV into the annotation store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from libra_emo.cli.endings import OneLine, one_line_errors
from libra_emo.cli.session import open_context

if TYPE_CHECKING:
    from libra_emo.annotation.store import VoteStore


@click.command(name="import-votes")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--campaign", help="The campaign, for a file without a column of that name.")
@click.option("--env", "-e", help="Kedro configuration environment.")
@click.pass_obj
@one_line_errors
def import_votes(metadata: Any, file: Path, campaign: str | None, env: str | None) -> None:
    """Add the votes in FILE (CSV: clip_id, annotator, label) to the annotation store."""
    from libra_emo.annotation.csv_votes import import_votes as add_votes

    with open_context(metadata.project_path, env) as context:
        store = context.catalog.load("annotation_store")
        result = add_votes(store, file, datetime.now(UTC), campaign)
    click.echo(f"{result.added} votes added, {result.known} known already")
    for row in result.rejections.itertuples():
        click.echo(f"{file.name}, line {row.line}: {row.reason}", err=True)
    if len(result.rejections) and not result.added + result.known:
        raise OneLine("no vote was taken", 1)
    if not len(result.rejections):
        _tell_what_waits(store)


def _tell_what_waits(store: VoteStore) -> None:
    """Say which campaigns still wait for votes, or how to go on."""
    waiting = [each for each in store.progress() if each.complete < each.clips]
    for each in waiting:
        name, left = each.campaign.name, each.clips - each.complete
        click.echo(f"{name}: {left} of {each.clips} clips still wait")
    if not waiting:
        click.echo("every campaign has its votes; `make run` goes on")
