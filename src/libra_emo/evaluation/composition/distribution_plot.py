"""Bars of the clips of each label, the paper's Figures 2 and 3."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from libra_emo.evaluation.style import (
    BLUE,
    GREEN,
    GREY,
    LIGHT,
    ORANGE,
    new_figure,
    plain_texts,
    set_title,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = {"positive": GREEN, "neutral": BLUE, "negative": ORANGE}
TITLES = {"trainset": "training set", "bench": "bench"}
HATCHES = {"positive": "", "neutral": "..", "negative": "//"}


@plain_texts
def plot_distribution(labels: pd.DataFrame, part: str) -> Figure:
    """Return bars of the clips of each label, grouped by type, with number and share.

    Args:
        labels: Table of `count_labels`.
        part: Its column, `trainset` or `bench`.
    """
    rows = labels[labels["label"] != "total"]
    total = int(rows[part].sum())
    figure, axes = new_figure(7.6, 1.5 + 0.36 * len(rows))
    positions = np.arange(len(rows))
    for kind, colour in COLOURS.items():
        chosen = (rows["type"] == kind).to_numpy()
        axes.barh(
            positions[chosen], rows.loc[chosen, part], 0.7, color=colour, hatch=HATCHES[kind],
            edgecolor="white", linewidth=0, label=kind,
        )  # fmt: skip
    for position, clips in zip(positions, rows[part], strict=True):
        share = f"{100 * clips / total:.1f} %" if total else "–"
        axes.annotate(
            f"{clips:,}  ({share})", (clips, position), (4, 0), textcoords="offset points",
            va="center", fontsize=9, color=GREY,
        )  # fmt: skip
    axes.set_yticks(positions, rows["label"].tolist())
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 1.25 * max(1, rows[part].max()))
    axes.grid(axis="x", color=LIGHT, linewidth=0.8)
    axes.legend(loc="lower right", frameon=False)
    set_title(axes, f"Labels of the {TITLES[part]}", f"{total:,} clips")
    return figure
