"""`kedro takedown`: a film goes, with everything that was made of it, and does not come back."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import click

from libra_emo.cli.endings import one_line_errors

REASONS = ("copyright", "privacy", "licence", "other")
ANNOTATOR = (
    "an annotator cannot be taken down by this command; docs/privacy.md says how a person's name "
    "and votes are removed. Nothing was changed"
)


@click.command()
@click.option("--film", help="Id of a film, as the tables have it (source_id).")
@click.option("--author", help="Name of an author, all of whose films go.")
@click.option("--url", help="Address of a film, in any spelling.")
@click.option("--sha256", help="SHA-256 of a film's file.")
@click.option("--annotator", help="Not supported: see docs/privacy.md.")
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
    """Take a film down: its clips, labels, votes and answers, in data, caches and releases.

    Without --yes, list what would go and change nothing. With it, everything is written beside,
    searched and swapped: a kill leaves the old state or the new one, and the next command ends what
    was begun. What is not known changes nothing, and the command ends with status 1.
    """
    from libra_emo.configuration.project_lock import lock_project
    from libra_emo.publication.takedown.takedown import Request, carry_out, try_takedown

    kind, value = _read_question(asked)
    project = Path(metadata.project_path)
    _refuse_other_store(project)
    request = Request(kind, value, reason, datetime.datetime.now(datetime.UTC).date())
    if not yes:
        _show(project, try_takedown(project, request))
        click.echo("nothing was changed; add --yes to take it down")
        return
    with lock_project(project, "kedro takedown"):
        outcome = carry_out(project, request)
    _show(project, outcome)
    click.echo(f"\n{outcome.reply}")
    click.echo(f"the reply is also in data/01_raw/.takedowns/reply-{outcome.entry['number']}.md")
    click.echo("run `make run` to make again what rested on it")


def _read_question(asked: dict[str, str | None]) -> tuple[str, str]:
    from libra_emo.publication.takedown.errors import TakedownError

    given = [(kind, value) for kind, value in asked.items() if value is not None]
    if len(given) != 1 or not given[0][1].strip():
        raise click.UsageError("name one of --film, --author, --url and --sha256")
    if given[0][0] == "annotator":
        raise TakedownError(ANNOTATOR)
    return given[0]


def _refuse_other_store(project: Path) -> None:
    """Raise if votes or answers are kept where this command does not reach them."""
    from libra_emo.publication.takedown.stores import find_stores_elsewhere

    elsewhere = find_stores_elsewhere(project)
    if elsewhere:
        from libra_emo.publication.takedown.errors import TakedownError

        raise TakedownError(
            f"{', '.join(elsewhere)}: not a SQLite file below data, so its rows would stay. "
            "docs/takedown.md says how they are removed first. Nothing was changed"
        )


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
    for line in list_copies(project, outcome.target.needles):
        click.echo(f"out of reach: {line}")
