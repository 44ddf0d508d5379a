"""`kedro annotators`: who may vote."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from libra_emo.cli.endings import one_line_errors
from libra_emo.cli.people.store import open_store, save_records
from libra_emo.cli.session import environment_option


@click.group(name="annotators", invoke_without_command=True)
@environment_option
@click.pass_context
def annotators(context: click.Context, env: str | None) -> None:
    """List the registered annotators, or add and change some."""
    if context.invoked_subcommand is None:
        context.invoke(list_annotators, env=env)


@annotators.command(name="list")
@environment_option
@click.pass_obj
@one_line_errors
def list_annotators(metadata: Any, env: str | None) -> None:
    """List the registered annotators."""
    with open_store(metadata.project_path, env) as (store, _):
        people = store.annotators().values()
    for person in people:
        away = "" if person.active else ", does not take part at present"
        click.echo(f"{person.name} ({person.role}, since {person.added_at[:10]}{away})")
    if not people:
        click.echo("nobody is registered; `kedro annotators add NAME …` registers people")


@annotators.command(name="add")
@click.argument("names", nargs=-1, required=True)
@click.option(
    "--role",
    type=click.Choice(["annotator", "adjudicator", "lead"]),
    default="annotator",
    help="What the people do.",
)
@environment_option
@click.pass_obj
@one_line_errors
def add_annotators(metadata: Any, names: tuple[str, ...], role: str, env: str | None) -> None:
    """Register people by NAMES; spellings that only look different are one person."""
    with open_store(metadata.project_path, env) as (store, catalog):
        new, known = store.add_annotators(names, datetime.now(UTC), role)
        save_records(store, catalog)
    for person in new:
        click.echo(f"{person.name}: registered")
    for person in known:
        click.echo(f"{person.name}: was registered already")


@annotators.command(name="pause")
@click.argument("name")
@environment_option
@click.pass_obj
@one_line_errors
def pause_annotator(metadata: Any, name: str, env: str | None) -> None:
    """Give NAME no more clips; the votes that were given count. `add` takes the person back."""
    with open_store(metadata.project_path, env) as (store, catalog):
        person = store.change_annotator(name, active=False)
        save_records(store, catalog)
    click.echo(f"{person.name}: gets no more clips")
