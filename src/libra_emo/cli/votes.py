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
@click.option("--campaign", help="Campaign, for a file without the column `campaign`.")
@click.option("--env", "-e", help="Kedro configuration environment.")
@click.pass_obj
@one_line_errors
def import_votes(metadata: Any, file: Path, campaign: str | None, env: str | None) -> None:
    """Import votes from FILE (CSV: campaign, clip_id, annotator, label) into the vote store."""
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
        _list_waiting(store)


def _list_waiting(store: VoteStore) -> None:
    """List the campaigns that still wait for votes, or say how to go on."""
    waiting = [progress for progress in store.progress() if progress.complete < progress.clips]
    for progress in waiting:
        left = progress.clips - progress.complete
        click.echo(f"{progress.campaign.name}: {left} of {progress.clips} clips still wait")
    if not waiting:
        click.echo("every campaign has its votes; `make run` continues")
