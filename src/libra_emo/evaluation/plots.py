"""Figures of one model on the bench: the confusion matrix, and F1 and recall by label."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from libra_emo.evaluation.intervals import wilson_interval
from libra_emo.evaluation.metrics import UNREADABLE, confusion, per_class
from libra_emo.evaluation.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    new_figure,
    plain_texts,
    set_title,
    show_percent,
)
from libra_emo.taxonomy import Taxonomy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@plain_texts
def plot_confusion(
    truth: Sequence[object], predicted: Sequence[object], taxonomy: Taxonomy, title: str
) -> Figure:
    """Return the confusion matrix: counts in the cells, shaded by their share of the row.

    Args:
        truth: True labels.
        predicted: Predicted labels; null where unreadable. Unreadable answers have a column of
            their own if there are any.
        taxonomy: The emotions; lines separate positive, neutral and negative ones.
        title: Title that names the model.
    """
    counts = confusion(truth, predicted, taxonomy)
    if not counts[UNREADABLE].any():
        counts = counts.drop(columns=UNREADABLE)
    totals = counts.sum(axis=1).to_numpy()
    shares = counts.to_numpy() / np.maximum(totals, 1)[:, None]
    figure, axes = new_figure(1.8 + 0.58 * counts.shape[1], 1.7 + 0.5 * len(counts))
    axes.imshow(shares, cmap=blues(), vmin=0, vmax=1, aspect="auto")
    for row, column in zip(*np.nonzero(counts.to_numpy()), strict=True):
        colour = "white" if shares[row, column] > 0.5 else INK
        axes.text(
            column,
            row,
            str(counts.iat[row, column]),
            ha="center",
            va="center",
            color=colour,
            fontsize=10,
            fontweight="bold" if row == column else "normal",
        )
    axes.set_xticks(range(counts.shape[1]), counts.columns, rotation=40, ha="right")
    rows = [f"{label}  ({total})" for label, total in zip(counts.index, totals, strict=True)]
    axes.set_yticks(range(len(rows)), rows)
    axes.set_xlabel("predicted")
    axes.set_ylabel("label of the bench (clips)")
    _draw_lines_between_types(axes, taxonomy)
    set_title(axes, title, "Cells count clips; the shade is the share of the row.")
    return figure


@plain_texts
def plot_classes(
    truth: Sequence[object], predicted: Sequence[object], taxonomy: Taxonomy, title: str
) -> Figure:
    """Return bars of F1 and recall of every label, recall with its 95 % Wilson interval.

    The arguments are those of `plot_confusion`.
    """
    table = per_class(truth, predicted, taxonomy)
    positions = np.arange(len(table))
    figure, axes = new_figure(7.6, 1.5 + 0.42 * len(table))
    axes.barh(positions - 0.19, table["f1"].fillna(0), 0.36, color=BLUE, label="F1")
    recall = table["recall"].fillna(0).to_numpy()
    bounds = np.array(
        [
            wilson_interval(int(h), int(n))
            for h, n in zip(table["hits"], table["truths"], strict=True)
        ]
    ).reshape(-1, 2)
    errors = np.nan_to_num(np.clip([recall - bounds[:, 0], bounds[:, 1] - recall], 0, None))
    axes.barh(positions + 0.19, recall, 0.36, color=ORANGE, hatch="///", edgecolor="white",
              linewidth=0, label="recall, 95 % interval")  # fmt: skip
    axes.errorbar(recall, positions + 0.19, xerr=errors, fmt="none", ecolor=INK, elinewidth=1,
                  capsize=2)  # fmt: skip
    names = [f"{label}  ({n})" for label, n in zip(table["label"], table["truths"], strict=True)]
    axes.set_yticks(positions, names)
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    show_percent(axes.xaxis)
    axes.grid(axis="x", color=LIGHT, linewidth=0.8)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=2, frameon=False)
    set_title(axes, title, "In brackets: clips of the label in the bench.")
    return figure


def blues() -> Any:
    """Return the colour map of shares, from light to dark."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("shares", ["#f7f9fb", "#9ecae1", "#08519c", "#08306b"])


def _draw_lines_between_types(axes: Axes, taxonomy: Taxonomy) -> None:
    types = [emotion.type for emotion in taxonomy.emotions]
    for position, (above, below) in enumerate(pairwise(types)):
        if above != below:
            axes.axhline(position + 0.5, color=GREY, linewidth=0.8)
            axes.axvline(position + 0.5, color=GREY, linewidth=0.8)
    axes.axvline(len(types) - 0.5, color=GREY, linewidth=0.8)
