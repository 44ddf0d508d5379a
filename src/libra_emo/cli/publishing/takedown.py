"""`kedro takedown`: a film or an annotator goes, with everything, and does not come back."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import click

from libra_emo.cli.endings import one_line_errors

REASONS = ("copyright", "privacy", "licence", "other")


@click.command()
@click.option("--film", help="Id of a film, as the tables have it (source_id).")
@click.option("--author", help="Name of an author, all of whose films go.")
@click.option("--url", help="Address of a film, in any spelling.")
@click.option("--sha256", help="SHA-256 of a film's file.")
@click.option("--annotator", help="Name or pseudonym of somebody who withdraws.")
@click.option(
    "--reason",
    type=click.Choice(REASONS),
    default="other",
    show_default=True,
    help="Kind of reason; it is published in the notice.",
)
@click.option("--yes", is_flag=True, help="Take down; without it, only list what would go.")
@click.pass_obj
@one_line_errors
def takedown(metadata: Any, reason: str, yes: bool, **asked: str | None) -> None:
    """Take a film down, or a person who labelled clips: in data, caches, stores and releases.

    Without --yes, list what would go and change nothing. With it, everything is written beside,
    searched and swapped: a kill leaves the old state or the new one, and the next command ends what
    was begun. What is not known changes nothing, and the command ends with status 1.
    """
    from libra_emo.configuration.project_lock import lock_project
    from libra_emo.publication.takedown.takedown import Request, carry_out, try_takedown

    kind, value = _read_question(asked)
    project = Path(metadata.project_path)
    request = Request(kind, value, reason, datetime.datetime.now(datetime.UTC).date())
    if not yes:
        _show(project, try_takedown(project, request))
        click.echo("nothing was changed; add --yes to take it down")
        return
    with lock_project(project, "kedro takedown"):
        outcome = carry_out(project, request)
    if outcome.entry.get("people"):
        _keep_out(project)
    _show(project, outcome)
    click.echo(f"\n{outcome.reply}")
    click.echo(f"the reply is also in data/01_raw/.takedowns/reply-{outcome.entry['number']}.md")
    click.echo("run `make run` to make again what rested on it")


def _read_question(asked: dict[str, str | None]) -> tuple[str, str]:
    given = [(kind, value) for kind, value in asked.items() if value is not None]
    if len(given) != 1 or not given[0][1].strip():
        raise click.UsageError("name one of --film, --author, --url, --sha256 and --annotator")
    return given[0]


def _keep_out(project: Path) -> None:
    """Let the stores know at once who withdrew; every later command does so, too."""
    from libra_emo.annotation.database.withdrawals import remember_withdrawn
    from libra_emo.annotation.store import VoteStore
    from libra_emo.common.takedowns.log import FOLDER, read_log
    from libra_emo.publication.takedown.stores import list_vote_stores

    for url in list_vote_stores(project):
        remember_withdrawn(VoteStore(url), read_log(project / FOLDER).withdrawn)


def _show(project: Path, outcome: Any) -> None:
    from libra_emo.publication.takedown.reach import list_copies
    from libra_emo.publication.takedown.reply import describe_plan, list_trained

    models = sorted(
        path.relative_to(project).as_posix() for path in (project / "data/06_models").glob("*/")
    )
    trained = list_trained(outcome.plan, models)
    for line in describe_plan(outcome.plan, outcome.plan.rows, trained):
        click.echo(line)
    if outcome.entry["version"]:
        click.echo(f"next release: {outcome.entry['version']}")
    for line in outcome.target.advice:
        click.echo(f"to do: {line}")
    for line in list_copies(project, outcome.target.needles):
        click.echo(f"out of reach: {line}")
