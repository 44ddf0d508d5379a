"""One figure of the footage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from libra_emo.evaluation.style import BLUE, GREY, INK, LIGHT, make_plain, plain_texts, show_percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_BARS = 20
MAX_LABEL = 32  # characters of a label; a longer one would leave no room for the bars


@plain_texts
def plot_footage(summary: pd.DataFrame) -> Figure:
    """Return a figure of hours by theme, language, outcome, and of clips by length and faces.

    Args:
        summary: Table of `summarise_footage`.
    """
    from matplotlib.figure import Figure

    themes = _rows(summary, "theme")
    figure = Figure(figsize=(11, max(6.5, 1.5 + 0.42 * len(themes))), layout="constrained")
    panels = figure.subplot_mosaic(
        [["theme", "language", "outcome"], ["theme", "clip_length", "face_share"]]
    )
    _draw_hours(panels["theme"], themes, "Hours by theme")
    _draw_hours(panels["language"], _rows(summary, "language"), "Hours by language")
    _draw_hours(panels["outcome"], _rows(summary, "outcome"), "Hours by outcome")
    _draw_clips(panels["clip_length"], _rows(summary, "clip_length"), "Clips by length")
    _draw_clips(panels["face_share"], _rows(summary, "face_share"), "Clips by frames with a face")
    whole = summary[summary["by"] == "all"]
    if len(whole):
        row = whole.iloc[0]
        figure.supxlabel(
            f"{row['films']} films, {row['hours']:.2f} hours; {row['clips']} clips kept, "
            f"{row['clip_hours']:.2f} hours. Grey: all footage, blue: kept.",
            fontsize=9,
            color=GREY,
        )
    return figure


def _rows(summary: pd.DataFrame, by: str) -> pd.DataFrame:
    return summary[summary["by"] == by].head(MOST_BARS)


def _draw_hours(axes: Axes, rows: pd.DataFrame, title: str) -> None:
    positions = range(len(rows))
    axes.barh(positions, rows["hours"], 0.7, color=LIGHT)
    axes.barh(positions, rows["clip_hours"], 0.4, color=BLUE)
    axes.set_yticks(positions, [_shorten(value) for value in rows["value"]])
    axes.invert_yaxis()
    axes.set_xlabel("hours")
    _finish(axes, title, "x")


def _shorten(value: str) -> str:
    """Return a value as a label of one short line."""
    label = " ".join(value.replace("_", " ").split())
    return label if len(label) <= MAX_LABEL else f"{label[: MAX_LABEL - 1]}…"


def _draw_clips(axes: Axes, rows: pd.DataFrame, title: str) -> None:
    positions = range(len(rows))
    axes.bar(positions, rows["clips"] / max(1, rows["clips"].sum()), 0.7, color=BLUE)
    axes.set_xticks(positions, rows["value"], rotation=40, ha="right")
    show_percent(axes.yaxis)
    _finish(axes, title, "y")


def _finish(axes: Axes, title: str, grid: str) -> None:
    make_plain(axes)
    axes.grid(axis=grid, color=LIGHT, linewidth=0.8)  # type: ignore[arg-type]
    axes.set_title(title, loc="left", fontsize=11, color=INK)
