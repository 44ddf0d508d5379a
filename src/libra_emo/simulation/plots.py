"""Plots of a simulation: label quality by judgements, and recall by class at equal cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from libra_emo.evaluation.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    new_figure,
    plain_texts,
    set_title,
    show_percent,
)
from libra_emo.simulation.comparison import REFERENCE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARKS = {"color": (INK, BLUE, ORANGE, GREEN, GREY), "marker": ("s", "o", "^", "v", "D")}
NAMES = {"accuracy": "labels that are right", "macro_recall": "mean recall of the classes"}


@plain_texts
def plot_curves(points: pd.DataFrame, metric: str, title: str) -> Figure:
    """Return a curve for each arm: the mean over the seeds, and a line for each seed.

    Args:
        points: As `libra_emo.simulation.comparison.tabulate` returns them.
        metric: `accuracy` or `macro_recall`.
        title: Title of the plot.
    """
    figure, axes = new_figure(7.6, 4.6)
    for number, (arm, rows) in enumerate(points.groupby("arm", sort=False)):
        color = MARKS["color"][number % 5]
        for _, one in rows.groupby("seed"):
            axes.plot(one["judgements"], one[metric], color=color, linewidth=0.7, alpha=0.4)
        place = rows.groupby("seed").cumcount()
        mean = rows.groupby(place)[["judgements", metric]].mean()
        marker = MARKS["marker"][number % 5]
        axes.plot(mean["judgements"], mean[metric], color=color, marker=marker, label=str(arm))
    ends = points[points["arm"] == REFERENCE].groupby("seed").tail(1)
    if len(ends):
        axes.axhline(ends[metric].mean(), color=GREY, linewidth=0.8, linestyle="--")
    show_percent(axes.yaxis)
    axes.set_xlabel("judgements of people")
    axes.set_ylabel(NAMES[metric])
    axes.grid(color=LIGHT, linewidth=0.8)
    axes.legend(frameon=False, loc="lower right")
    set_title(axes, title, "Thin lines are seeds; the dashed line is where the paper's rule ends.")
    return figure


@plain_texts
def plot_recalls(
    by_label: Mapping[str, Mapping[str, Any]], labels: Sequence[str], title: str
) -> Figure:
    """Return by class how much better the recall is than the paper's rule at equal cost."""
    figure, axes = new_figure(7.6, 1.5 + 0.36 * len(labels))
    places = np.arange(len(labels))
    means = np.array([by_label[label]["mean"] or 0.0 for label in labels])
    low, high = (
        np.array([by_label[label][end] if by_label[label][end] is not None else mean
                  for label, mean in zip(labels, means, strict=True)])
        for end in ("low", "high")
    )  # fmt: skip
    axes.barh(places, means, 0.6, color=np.where(means < 0, ORANGE, BLUE))
    axes.errorbar(means, places, xerr=[means - low, high - means], fmt="none", ecolor=INK,
                  elinewidth=1, capsize=2)  # fmt: skip
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_yticks(places, labels)
    axes.invert_yaxis()
    show_percent(axes.xaxis)
    axes.grid(axis="x", color=LIGHT, linewidth=0.8)
    set_title(axes, title, "Difference of the recalls; lines are 95 % intervals over the seeds.")
    return figure
