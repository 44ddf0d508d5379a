"""`kedro annotate`: people label clips in the browser."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from libra_emo.cli.endings import OneLine, one_line_errors
from libra_emo.cli.people.announcing import announced
from libra_emo.cli.people.store import open_store, save_records
from libra_emo.cli.session import environment_option

if TYPE_CHECKING:
    from libra_emo.annotation.store import VoteStore
    from libra_emo.annotation_server.settings import ServerSettings

DEMO_CLIPS: Final = 20
PARAMETERS: Final = ("annotation_server", "person_meant")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8642, show_default=True, help="Port; 0 takes a free one.")
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Server processes."
)
@click.option("--demo", is_flag=True, help="Try it: some clips of this project, nothing is kept.")
@environment_option
@click.pass_obj
@one_line_errors
def annotate(
    metadata: Any, host: str, port: int, workers: int, demo: bool, env: str | None
) -> None:
    """Serve the open campaigns: people label clips in the browser, blind, until Ctrl+C."""
    from libra_emo.annotation_server.assignments.clip_index import clips_indexed
    from libra_emo.annotation_server.assignments.clips import read_clips
    from libra_emo.annotation_server.serving import (
        AppFactory,
        end_signal,
        is_loopback,
        open_socket,
        serve,
    )

    project = metadata.project_path
    with open_store(project, env) as (store, catalog):
        ready = _has_candidates(catalog)
        taxonomy = catalog.load("taxonomy")
        settings = _read_settings(catalog, demo)
    if not ready:
        raise OneLine("there are no clips yet; `kedro run --pipeline preprocessing` makes them", 1)
    serving = _demo_store() if demo else _kept(store, catalog)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving as served,
        open_socket(host, port) as listening,
        end_signal() as ending,
        clips_indexed(
            lambda: read_clips(catalog.load("candidates"), project), Path(folder) / "clips.sqlite"
        ) as clips,
    ):
        address = f"http://{_shown(host)}:{listening.getsockname()[1]}"
        if not is_loopback(host):
            click.echo(
                "Others can reach this address. Put a proxy with HTTPS before it: links and "
                "answers travel unencrypted (docs/annotating.md)."
            )
        if demo:
            _open_demo(served, taxonomy, catalog.load("candidates"), address)
        else:
            _welcome(served, address)
        factory = AppFactory(served.url, clips, taxonomy, settings)
        with nullcontext() if demo else announced(project, address):
            serve(factory, listening, workers, ending)


def _read_settings(catalog: Any, demo: bool) -> ServerSettings:
    """Return the settings that the parameters give; visitors begin at once."""
    from libra_emo.annotation_server.settings import ServerSettings

    known = [name for name in PARAMETERS if f"params:{name}" in catalog]
    values = {name: catalog.load(f"params:{name}") for name in known}
    values |= values.pop("annotation_server", {})
    at_once = {"sound_check": False, "required_first": ()} if demo else {}
    return ServerSettings.model_validate(values | at_once)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _has_candidates(catalog: Any) -> bool:
    return "candidates" in catalog and bool(catalog.exists("candidates"))


@contextmanager
def _kept(store: VoteStore, catalog: Any) -> Iterator[VoteStore]:
    """Give the project's store; write the table of its records at the end."""
    try:
        yield store
    finally:
        save_records(store, catalog)


@contextmanager
def _demo_store() -> Iterator[VoteStore]:
    from libra_emo.annotation.store import VoteStore

    with tempfile.TemporaryDirectory() as folder:
        yield VoteStore(f"sqlite:///{folder}/demo.sqlite")


def _open_demo(store: VoteStore, taxonomy: Any, candidates: Any, address: str) -> None:
    """Open a campaign about some clips, and print a link for one annotator."""
    from libra_emo.annotation.campaigns import Campaign
    from libra_emo.annotation_server.access.links import make_link

    clips = list(candidates["clip_id"].sort_values())[:DEMO_CLIPS]
    store.open_campaign(Campaign.of("demo", taxonomy, 1, 1), clips)
    new, _ = store.add_annotators(["Visitor"], datetime.now(UTC))
    secret = make_link(store, new[0].key, datetime.now(UTC))
    click.echo(f"Open {address}/join/{secret} and label; Ctrl+C ends it, and nothing is kept.")


def _welcome(store: VoteStore, address: str) -> None:
    """Print where people work, and the first lead's link once."""
    from libra_emo.annotation_server.access.links import make_first_lead

    secret = make_first_lead(store, datetime.now(UTC))
    if secret is not None:
        click.echo(f"The lead's link, shown only now: {address}/join/{secret}")
    opened = [name for name in store.campaigns() if name not in store.closed_campaigns()]
    listed = ", ".join(opened) or "none yet; `make run` opens one when it needs people"
    click.echo(f"Open campaigns: {listed}")
    click.echo(f"{address} serves them; Ctrl+C ends it.")
