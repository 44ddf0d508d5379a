"""`kedro summary`: the rounds and the bench scores as a short table, and where the rest is."""

from __future__ import annotations

import math
from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from libra_emo.cli.endings import one_line_errors
from libra_emo.cli.session import environment_option, open_context

if TYPE_CHECKING:
    import pandas as pd
    from kedro.io import CatalogProtocol
    from rich.table import Table

ROUND_COLUMNS = ("round", "input", "sampled", "dropped", "changed", "output")
WIDTH = 110
SCORES = ("accuracy", "macro_f1", "weighted_f1")
REPORTS = ("results_page", "round_history", "bench_scores", "label_quality", "certificate_page")
NEXT = (
    ("the lineage in a browser", "make viz"),
    ("the runs in a browser", "make mlflow"),
    ("your own films", "put them into a folder and `make run PARAMS=films=<folder>`"),
)

SIMULATED = (
    "The annotators are simulated, those of the bench too: the figures show that the process works."
)


@click.command()
@environment_option
@click.pass_obj
@one_line_errors
def summary(metadata: Any, env: str | None) -> None:
    """Show the table of rounds, the bench scores, and the paths of the reports."""
    with open_context(metadata.project_path, env) as context:
        show_summary(context.catalog, context.project_path)


def show_summary(catalog: CatalogProtocol[Any, Any], project: Path) -> None:
    """Write what the pipelines have found so far."""
    from rich.console import Console

    from libra_emo.datasets import dataset_path

    console = Console(width=WIDTH)
    shown: dict[str, pd.DataFrame] = {}
    for name, title, draw in (
        ("round_history", "Rounds", draw_rounds),
        ("bench_scores", "Bench", draw_scores),
        ("voter_scores", "Voters on the bench", draw_voters),
    ):
        if name in catalog and catalog.exists(name):
            shown[name] = catalog.load(name)
            console.print(draw(shown[name], title))
    if _simulated(shown.get("round_history")):
        console.print(SIMULATED)
    if not shown:
        console.print("There are no results yet: `make run` makes them.")
        return
    for name in REPORTS:
        path = dataset_path(catalog.get(name)) if name in catalog else None
        if path is not None and path.is_file():
            console.print(f"  {name.replace('_', ' '):<18} {path.relative_to(project)}")
    for what, command in NEXT:
        console.print(f"  {what:<26} {command}")


def _simulated(history: pd.DataFrame | None) -> bool:
    if history is None or "annotators" not in history:
        return False
    return bool(history["annotators"].eq("simulated").any())


def draw_rounds(history: pd.DataFrame, title: str) -> Table:
    """Return the rounds: what came in, was asked, dropped, changed, and how the student does."""
    counts = [name for name in ROUND_COLUMNS if name in history]
    return _draw(history, title, counts)


def draw_scores(scores: pd.DataFrame, title: str) -> Table:
    """Return the bench scores, a model and its modalities a row."""
    return _draw(scores, title, ["model", "modalities"])


def draw_voters(scores: pd.DataFrame, title: str) -> Table:
    """Return the voters' report card in short."""
    return _draw(scores, title, ["voter", "answered"])


def _draw(table: pd.DataFrame, title: str, first: list[str]) -> Table:
    import pandas as pd
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    scores = [name for name in SCORES if name in table]
    drawn = Table(title=f"{title} (%, with 95 % intervals)", title_justify="left", box=SIMPLE_HEAD)
    for name in [*first, *scores]:
        drawn.add_column(name.replace("_", " "), justify="right" if name in scores else "left")
    for row in table.to_dict("records"):
        plain = ["–" if pd.isna(row[name]) else _text(row[name]) for name in first]
        drawn.add_row(*plain, *(_with_interval(row, name) for name in scores))
    return drawn


def _text(value: Any) -> str:
    return f"{value:.0f}" if isinstance(value, float) else str(value)


def _with_interval(row: dict[Hashable, Any], name: str) -> str:
    value = row[name]
    if isinstance(value, float) and math.isnan(value):
        return "–"
    low, high = row.get(f"{name}_low"), row.get(f"{name}_high")
    shown = f"{100 * value:.1f}"
    return shown if low is None or high is None else f"{shown} ({100 * low:.1f}-{100 * high:.1f})"
