"""`kedro export-answers` and `kedro replay-answers`: what models answered, as a file for others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from libra_emo.cli.endings import one_line_errors
from libra_emo.cli.session import environment_option, open_context

LEDGERS = {
    "voting": "answers",
    "explanation": "explanation_answers",
    "evaluation": "evaluation_answers",
}
_pipeline = click.option(
    "--pipeline",
    "-p",
    type=click.Choice(list(LEDGERS)),
    default="voting",
    show_default=True,
    help="Pipeline whose answers are meant.",
)


@click.command(name="export-answers")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_pipeline
@environment_option
@click.pass_obj
@one_line_errors
def export_answers(metadata: Any, file: Path, pipeline: str, env: str | None) -> None:
    """Export all answers of models to FILE (JSON Lines; compressed if it ends in .gz)."""
    from libra_emo.llm.ledger.recordings import export_answers as export

    place = file.resolve()
    with _open_ledger(metadata.project_path, pipeline, env) as ledger:
        count = export(ledger, place)
    click.echo(f"{count} answers written to {file}")


@click.command(name="replay-answers")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_pipeline
@environment_option
@click.pass_obj
@one_line_errors
def replay_answers(metadata: Any, file: Path, pipeline: str, env: str | None) -> None:
    """Import the answers in FILE, so that a run uses them and does not ask the models again."""
    from libra_emo.llm.ledger.recordings import replay_answers as replay

    place = file.resolve()
    with _open_ledger(metadata.project_path, pipeline, env) as ledger:
        count = replay(ledger, place)
    click.echo(
        f"{count} answers are new; with `{pipeline}.recorded_only: true` a run asks no model"
    )


@click.command(name="restore-answers")
@environment_option
@click.pass_obj
@one_line_errors
def restore_answers(metadata: Any, env: str | None) -> None:
    """Add the answers that were pulled with DVC to the ledgers, so that nothing is paid for twice.

    What the ledgers have stays, so that the command may be repeated. Restored answers count as
    paid by whoever asked: they leave the ceilings of this project as they are.
    """
    from libra_emo.hooks.shared_stores import LEDGERS as RECORDED
    from libra_emo.hooks.shared_stores import restore_answers as restore

    os.chdir(metadata.project_path)
    with open_context(metadata.project_path, env) as context:
        for pipeline, name in LEDGERS.items():
            count = restore(context.catalog, name, only_empty=False)
            click.echo(f"{pipeline}: {count} answers restored from {RECORDED[name]}")


@contextmanager
def _open_ledger(project: Path, pipeline: str, env: str | None) -> Iterator[Any]:
    """Open a pipeline's ledger; from then on paths count from the project's root."""
    os.chdir(project)
    with open_context(project, env) as context, context.catalog.load(LEDGERS[pipeline]) as ledger:
        yield ledger
