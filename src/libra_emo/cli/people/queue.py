"""`kedro export-queue`: a blind list of clips for each person, to be filled in and imported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from libra_emo.cli.endings import OneLine, one_line_errors
from libra_emo.cli.people.store import open_store
from libra_emo.cli.session import environment_option

if TYPE_CHECKING:
    import pandas as pd

    from libra_emo.annotation.campaigns import Campaign
    from libra_emo.annotation.store import VoteStore

QUEUES = Path("data/01_raw/queues")


@click.command(name="export-queue")
@click.argument("campaign")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the files; data/01_raw/queues/CAMPAIGN by default.",
)
@environment_option
@click.pass_obj
@one_line_errors
def export_queue(metadata: Any, campaign: str, out: Path | None, env: str | None) -> None:
    """Write a CSV for each person with the clips of CAMPAIGN that are still to be answered.

    It names the clips, their files and subtitles and the possible answers, and neither label nor
    prediction. `kedro import-votes` takes the filled-in file, also when some rows have no answer.
    """
    from libra_emo.annotation.csv_files.lists import list_clips
    from libra_emo.annotation.queue import tabulate_queue

    folder = out or metadata.project_path / QUEUES / campaign
    with open_store(metadata.project_path, env) as (store, catalog):
        asked = _find_campaign(store, campaign)
        candidates = catalog.load("candidates") if _has_candidates(catalog) else None
        lists = list_clips(store, asked)
        files = {name: folder / f"{campaign}_{_file_name(name)}.csv" for name in lists}
        for path in files.values():
            _refuse_unread(path, store)
    for name, rows in lists.items():
        table = tabulate_queue(asked, name, [row.clip_id for row in rows], candidates)
        _write(files[name], table.assign(campaign=[row.campaign for row in rows]))
    for name, clips in lists.items():
        click.echo(f"{files[name]}: {len(clips)} clips for {name}")


def _find_campaign(store: VoteStore, name: str) -> Campaign:
    known = store.campaigns()
    if name not in known:
        listed = ", ".join(known) or "none"
        raise OneLine(f"campaign {name!r} was never opened; opened were: {listed}", 1)
    if known[name].kind == "audit":
        host = known[name].mixed_into
        raise OneLine(
            f"the clips of {name!r} come among those of {host!r}: `kedro export-queue {host}`", 1
        )
    if known[name].kind != "labels":
        raise OneLine(f"campaign {name!r} is answered in the browser alone: `kedro annotate`", 1)
    if name in store.closed_campaigns():
        raise OneLine(f"campaign {name!r} is closed; `kedro campaigns reopen {name}` opens it", 1)
    return known[name]


def _has_candidates(catalog: Any) -> bool:
    return "candidates" in catalog and bool(catalog.exists("candidates"))


def _file_name(name: str) -> str:
    """Return a name as part of a file's name: letters and digits of any script."""
    return "".join(character if character.isalnum() else "_" for character in name)


def _refuse_unread(path: Path, store: VoteStore) -> None:
    """Raise if a file holds answers that were not imported: they would be written over."""
    from libra_emo.annotation.csv_files.reader import VoteReader
    from libra_emo.annotation.csv_votes import open_campaigns, read_votes

    if not path.is_file():
        return
    votes = read_votes(path, VoteReader(open_campaigns(store), store.annotators())).votes
    keys = ["campaign", "clip_id", "annotator"]
    for name, answered in votes.groupby("campaign"):
        stored = store.votes(str(name)).set_index(keys).index
        if not answered.set_index(keys).index.isin(stored).all():
            raise OneLine(
                f"{path} has answers that were not imported; import it with `kedro import-votes`, "
                "or choose another folder with --out",
                1,
            )


def _write(path: Path, table: pd.DataFrame) -> None:
    from libra_emo.common.files import write_text
    from libra_emo.common.spreadsheets import guard_table

    # the mark lets spreadsheets read the letters of all scripts
    write_text(path, "\ufeff" + guard_table(table).to_csv(index=False, lineterminator="\r\n"))
