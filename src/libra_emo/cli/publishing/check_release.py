"""`kedro check-release`: whether a release is what its cards and lists say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from libra_emo.cli.endings import one_line_errors
from libra_emo.cli.session import environment_option, open_context

SHOWN = 20


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@environment_option
@click.pass_obj
@one_line_errors
def check_release(metadata: Any, folder: Path, env: str | None) -> None:
    """Check the release in FOLDER: files, splits, every number of the cards, croissant.json.

    It also searches all files for names of annotators, keys and paths of this machine.
    """
    from libra_emo.publication.checking.check import check_release as check
    from libra_emo.publication.errors import ReleaseError

    with open_context(metadata.project_path, env) as context:
        traces = _list_traces(context.catalog, metadata.project_path)
    faults = check(folder, traces)
    for fault in faults[:SHOWN]:
        click.echo(fault)
    if faults:
        raise ReleaseError(f"{folder}: {len(faults)} faults; do not publish it, build it again")
    click.echo(f"{folder}: files, cards and descriptions agree")


def _list_traces(catalog: Any, project: Path) -> Any:
    from libra_emo.common.secrecy.hiding import list_environment_secrets
    from libra_emo.publication.checking.traces import Traces
    from libra_emo.publication.release.agents import find_people

    names = find_people(catalog.load("human_votes")) if catalog.exists("human_votes") else []
    keys, logins = catalog.load("llm_keys"), catalog.load("film_logins")
    secrets = [*keys.secrets(), *logins.secrets(), *list_environment_secrets()]
    return Traces(names=names, secrets=secrets, places=[str(Path.home()), str(project)])
