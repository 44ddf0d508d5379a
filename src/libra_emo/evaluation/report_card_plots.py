"""Figures of the voters' report card: pairs with the same errors, and recall by label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from libra_emo.evaluation.plots import blues
from libra_emo.evaluation.style import GREY, INK, LIGHT, new_figure, plain_texts, set_title
from libra_emo.taxonomy import Taxonomy

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@plain_texts
def plot_errors_alike(scores: pd.DataFrame, pairs: pd.DataFrame) -> Figure:
    """Return a matrix of voters: the share of clips that each pair has wrong with the same label.

    Below each share is the one expected of independent voters. The diagonal has each voter's share
    of wrong answers.

    Args:
        scores: Table of `score_voters`, for the order and the diagonal.
        pairs: Table of `compare_errors`.
    """
    paired = {*pairs["first"], *pairs["second"]}
    shown_voters = scores if pairs.empty else scores[scores["voter"].isin(paired)]
    names = [str(name) for name in shown_voters["voter"]]
    shares, texts = np.full((len(names), len(names)), np.nan), {}
    for position, row in enumerate(shown_voters.to_dict("records")):
        wrong = 1 - row["answered_accuracy"]
        shares[position, position] = wrong
        texts[position, position] = f"{wrong:.1%}\nwrong"
    for row in pairs.to_dict("records"):
        one, other = names.index(row["first"]), names.index(row["second"])
        expected = row["alike_expected"] / row["n"] if row["n"] else float("nan")
        for cell in ((one, other), (other, one)):
            shares[cell] = row["alike_share"]
            texts[cell] = f"{row['alike_share']:.1%}\n({expected:.1%})"
    figure, axes = new_figure(2.4 + 1.15 * len(names), 1.9 + 0.8 * len(names))
    shown = np.where(np.eye(len(names), dtype=bool), np.nan, shares)
    most = np.nanmax(shown) if np.isfinite(shown).any() else 1.0
    axes.imshow(shown, cmap=blues(), vmin=0, vmax=max(most, 0.01), aspect="auto")
    for (row_position, column), text in texts.items():
        dark = row_position != column and shares[row_position, column] > 0.6 * most
        axes.text(
            column,
            row_position,
            text,
            ha="center",
            va="center",
            fontsize=9,
            color="white" if dark else GREY if row_position == column else INK,
        )
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    note = "Share of clips; in brackets the share expected of independent errors."
    set_title(axes, "Both wrong with the same label", note)
    return figure


@plain_texts
def plot_recall(recall: pd.DataFrame, taxonomy: Taxonomy) -> Figure:
    """Return a matrix of labels and voters: the share of the label's clips that each has correct.

    Args:
        recall: Table of `recall_by_class`.
        taxonomy: The emotions, for the order of labels.
    """
    voters = list(dict.fromkeys(recall["voter"]))
    table = recall.pivot(index="label", columns="voter", values="recall")
    table = table.reindex(index=list(taxonomy.labels), columns=voters)
    truths = recall.drop_duplicates("label").set_index("label")["truths"]
    figure, axes = new_figure(2.4 + 0.95 * len(voters), 1.7 + 0.42 * len(table))
    values = table.to_numpy(dtype=float)
    axes.imshow(np.ma.masked_invalid(values), cmap=blues(), vmin=0, vmax=1, aspect="auto")
    axes.set_facecolor(LIGHT)
    for row, column in np.ndindex(*values.shape):
        value = values[row, column]
        axes.text(
            column,
            row,
            "–" if np.isnan(value) else f"{value:.0%}",
            ha="center",
            va="center",
            fontsize=10,
            color="white" if value > 0.5 else INK,
        )
    axes.set_xticks(range(len(voters)), voters, rotation=30, ha="right")
    axes.set_yticks(range(len(table)), [f"{name}  ({truths[name]})" for name in table.index])
    set_title(axes, "Recall by class", "In brackets: clips of the label in the bench.")
    return figure
