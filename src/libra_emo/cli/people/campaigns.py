"""`kedro campaigns`: how far people have come, and which campaigns take votes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from libra_emo.cli.endings import one_line_errors
from libra_emo.cli.people.opening import open_campaign
from libra_emo.cli.people.store import open_store, save_records
from libra_emo.cli.session import environment_option

if TYPE_CHECKING:
    from libra_emo.annotation.progress import Progress


@click.group(name="campaigns", invoke_without_command=True)
@environment_option
@click.pass_context
def campaigns(context: click.Context, env: str | None) -> None:
    """Show the progress of every campaign by person, or close and reopen one."""
    if context.invoked_subcommand is None:
        context.invoke(list_campaigns, env=env)


@campaigns.command(name="list")
@environment_option
@click.pass_obj
@one_line_errors
def list_campaigns(metadata: Any, env: str | None) -> None:
    """Show the progress of every campaign, by person."""
    with open_store(metadata.project_path, env) as (store, _):
        listed = store.progress()
    for progress in listed:
        for line in describe(progress):
            click.echo(line)
    if not listed:
        click.echo("no campaign was opened yet; `make run` opens one when it needs people")


@campaigns.command(name="close")
@click.argument("campaign")
@environment_option
@click.pass_obj
@one_line_errors
def close_campaign(metadata: Any, campaign: str, env: str | None) -> None:
    """Let CAMPAIGN take no more votes, so that its labels stay as they are."""
    with open_store(metadata.project_path, env) as (store, catalog):
        store.close_campaign(campaign, datetime.now(UTC))
        save_records(store, catalog)
        waiting = [each for each in store.progress() if each.campaign.name == campaign]
    click.echo(f"{campaign}: closed")
    for progress in waiting:
        if left := progress.clips - progress.complete:
            click.echo(f"{left} of its clips lack votes; a run that needs them says so")


@campaigns.command(name="reopen")
@click.argument("campaign")
@environment_option
@click.pass_obj
@one_line_errors
def reopen_campaign(metadata: Any, campaign: str, env: str | None) -> None:
    """Let CAMPAIGN take votes again."""
    with open_store(metadata.project_path, env) as (store, catalog):
        store.reopen_campaign(campaign)
        save_records(store, catalog)
    click.echo(f"{campaign}: open")


campaigns.add_command(open_campaign)


def describe(progress: Progress) -> list[str]:
    """Return the lines about a campaign: its state, what waits, and who answered how much."""
    campaign = progress.campaign
    kind = f"adjudication of {campaign.adjudicated}, " if campaign.is_adjudication else ""
    if campaign.kind != "labels":
        kind = f"{campaign.kind}, "
    state = "closed" if progress.closed else "open"
    if campaign.asks_everybody:
        lines = [f"{campaign.name} ({kind}{state}): {progress.clips} clips, for everybody"]
        return lines + [f"  {name}: {n} clips answered" for name, n in progress.by_person.items()]
    lines = [
        f"{campaign.name} ({kind}{state}): {progress.complete} of {progress.clips} clips have "
        f"their {campaign.annotators_per_clip} answers, {progress.missing} answers are missing"
    ]
    if progress.disputed and not campaign.is_adjudication:
        name = campaign.adjudication.name
        lines.append(f"  {progress.disputed} clips without consensus so far, for {name}")
    lines += [f"  {name}: {count} clips answered" for name, count in progress.by_person.items()]
    return lines
