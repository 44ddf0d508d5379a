"""The figure of a sweep: accuracy and weighted F1 by setting, for all and negative labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from libra_emo.evaluation.style import (
    BLUE,
    GREY,
    LIGHT,
    ORANGE,
    make_plain,
    plain_texts,
    show_percent,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ORDERED = ("data_share", "label_rounds")  # sweeps whose settings follow each other
PANELS = (("", "all labels"), ("negative_", "negative labels"))
SCORES = (
    ("accuracy", "accuracy", BLUE, "o", -0.08),
    ("weighted_f1", "weighted F1", ORANGE, "s", 0.08),
)


@plain_texts
def plot_sweep(scores: pd.DataFrame, sweep: str) -> Figure:
    """Return accuracy and weighted F1 by setting with 95 % intervals, as the paper's Figure 4 does.

    Args:
        scores: One row a setting, see `run_sweep`.
        sweep: Name of the sweep, for the title.
    """
    from matplotlib.figure import Figure

    line = "-" if sweep in ORDERED else ""
    width = max(8.0, 3.5 + 1.1 * len(scores))
    figure = Figure(figsize=(width, 4.4), layout="constrained")
    for axes, (prefix, title) in zip(figure.subplots(1, 2, sharey=True), PANELS, strict=True):
        make_plain(axes)
        positions = np.arange(len(scores))
        for name, legend, colour, marker, shift in SCORES:
            _points(
                axes, positions + shift, scores, f"{prefix}{name}", colour, marker, legend, line
            )
        axes.set_xticks(positions, scores["setting"].tolist(), rotation=30, ha="right")
        axes.set_ylim(0, 1)
        show_percent(axes.yaxis)
        axes.grid(axis="y", color=LIGHT, linewidth=0.8)
        axes.set_title(title, loc="left", fontsize=11)
    axes.legend(loc="upper right", frameon=False)
    name = sweep.replace("_", " ")
    figure.suptitle(f"Sweep: {name}", x=0.01, ha="left", fontsize=12)
    films = int(scores["films"].iloc[0])
    figure.supxlabel(
        f"{int(scores['n'].iloc[0])} clips of the bench, {films} films; 95 % intervals over films",
        fontsize=9, color=GREY,
    )  # fmt: skip
    return figure


def _points(
    axes: Axes,
    at: np.ndarray,
    scores: pd.DataFrame,
    name: str,
    colour: str,
    marker: str,
    legend: str,
    line: str,
) -> None:
    values = scores[name].to_numpy(float)
    ends = scores[[f"{name}_low", f"{name}_high"]].to_numpy(float)
    errors = np.nan_to_num(np.abs(ends.T - values))
    axes.errorbar(at, values, yerr=errors, fmt=marker + line, color=colour, capsize=2,
                  elinewidth=1, label=legend)  # fmt: skip
