"""`kedro campaigns open`: campaigns that a lead opens beside those of the pipelines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from libra_emo.cli.endings import OneLine, one_line_errors
from libra_emo.cli.people.store import open_store, save_records
from libra_emo.cli.session import environment_option

if TYPE_CHECKING:
    from libra_emo.annotation.campaigns import Campaign
    from libra_emo.annotation.queue_rows import QueueRow
    from libra_emo.annotation.store import VoteStore
    from libra_emo.taxonomy import Taxonomy

OWN_KINDS: Final = ("training", "calibration", "preference")
MIXED_KINDS: Final = ("audit", "gold", "repeat")
SHOWN_REJECTIONS: Final = 20


@click.command(name="open")
@click.option("--kind", required=True, type=click.Choice([*OWN_KINDS, *MIXED_KINDS]))
@click.option(
    "--clips",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV or Parquet with clip_id and label, or text_1 and text_2.",
)
@click.option("--into", help="Campaign into whose queue an audit, gold or repeats are mixed.")
@click.option("--name", help="Name of the campaign; the kind and a number by default.")
@click.option("--rate", type=float, default=0.05, show_default=True, help="Share, 0 to 1.")
@click.option(
    "--distance", type=int, default=20, show_default=True, help="Answers before a repeat."
)
@click.option("--annotators", type=int, default=1, show_default=True, help="People a comparison.")
@click.option("--threshold", type=int, default=1, show_default=True, help="How many must agree.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of audits and repeats.")
@environment_option
@click.pass_obj
@one_line_errors
def open_campaign(
    metadata: Any,
    kind: str,
    file: Path | None,
    into: str | None,
    name: str | None,
    rate: float,
    distance: int,
    annotators: int,
    threshold: int,
    seed: int,
    env: str | None,
) -> None:
    """Open a training, a calibration, a comparison of texts, or what is mixed into a queue."""
    from libra_emo.annotation.csv_files.queues import draw_rows

    with open_store(metadata.project_path, env) as (store, catalog):
        taxonomy = catalog.load("taxonomy")
        known = store.campaigns()
        if kind in MIXED_KINDS:
            parent = _find_parent(known, into, kind)
            campaign = parent.mixed(kind, rate, distance if kind == "repeat" else None)
            if kind == "repeat":
                rows = draw_rows(store.clips(parent.name), kind, rate, seed)
            elif kind == "audit":
                among = set(_candidates(catalog)) - set(store.clips(parent.name))
                rows = draw_rows(among, kind, rate, seed)
                whole = len(rows) + len(store.clips(parent.name))
                campaign = replace(campaign, rate=len(rows) / whole)
            else:
                rows = _read_rows(file, kind, catalog, taxonomy)
        else:
            rows = _read_rows(file, kind, catalog, taxonomy)
            campaign = _make_own(store, taxonomy, kind, name, annotators, threshold)
        if not rows:
            raise OneLine("no clip is left for the campaign, so it was not opened", 1)
        store.open_campaign(campaign, rows)
        save_records(store, catalog)
    place = f", mixed into {campaign.mixed_into}" if campaign.mixed_into else ""
    click.echo(f"{campaign.name}: open with {len(rows)} clips{place}")


def _find_parent(known: dict[str, Campaign], into: str | None, kind: str) -> Campaign:
    if into is None:
        raise OneLine(f"--into CAMPAIGN is needed: {kind} clips are mixed into its queue", 2)
    if into not in known:
        listed = ", ".join(known) or "none"
        raise OneLine(f"campaign {into!r} was never opened; opened were: {listed}", 1)
    return known[into]


def _make_own(
    store: VoteStore,
    taxonomy: Taxonomy,
    kind: str,
    name: str | None,
    annotators: int,
    threshold: int,
) -> Campaign:
    """Return a campaign with a queue of its own; without a name, a new one each time."""
    from libra_emo.annotation.campaigns import PREFERENCES, Campaign

    known = store.campaigns()
    numbers = (number for number in range(1, len(known) + 2) if f"{kind}_{number}" not in known)
    name = name or f"{kind}_{next(numbers)}"
    if kind == "preference":
        return Campaign(name, annotators, threshold, PREFERENCES, taxonomy.other, kind)
    people = sum(person.active for person in store.annotators().values())
    return Campaign(name, max(1, people), 1, taxonomy.labels, taxonomy.other, kind)


def _candidates(catalog: Any) -> list[str]:
    if "candidates" not in catalog or not catalog.exists("candidates"):
        raise OneLine("there are no clips yet; `kedro run --pipeline preprocessing` makes them", 1)
    return [str(clip) for clip in catalog.load("candidates")["clip_id"]]


def _read_rows(file: Path | None, kind: str, catalog: Any, taxonomy: Taxonomy) -> list[QueueRow]:
    """Return the clips of a file; say which of its rows cannot be used."""
    from libra_emo.annotation.csv_files.queues import read_queue_file

    if file is None:
        raise OneLine(f"--clips FILE is needed: campaigns of kind {kind} ask about its clips", 2)
    content = read_queue_file(file, kind, frozenset(_candidates(catalog)), taxonomy)
    for line, reason in content.rejections[:SHOWN_REJECTIONS]:
        click.echo(f"{file}, line {line}: {reason}", err=True)
    if more := len(content.rejections) - SHOWN_REJECTIONS:
        if more > 0:
            click.echo(f"{more} more rows cannot be used", err=True)
    return content.rows
