"""The figure of the loop: scores and label quality by round."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from libra_emo.evaluation.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    make_plain,
    plain_texts,
    show_percent,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SCORES = (
    ("accuracy", "accuracy", BLUE, "o"),
    ("macro_f1", "macro F1", ORANGE, "s"),
    ("weighted_f1", "weighted F1", GREEN, "^"),
)
_STEP = 0.08  # distance between the points of one round, so that intervals do not overlap


@plain_texts
def plot_rounds(round_history: pd.DataFrame, label_quality: pd.DataFrame) -> Figure:
    """Return the student's scores and the labels' accuracy by round, with 95 % intervals.

    Args:
        round_history: One row per round; a round that passed everything through has hollow marks.
        label_quality: One row per round; if no truth is known, the right panel says so.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.4, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2, sharex=True, gridspec_kw={"wspace": 0.06})
    rounds = round_history["round"].to_numpy(dtype=float)
    passed = _passed(round_history)
    for position, (name, legend, colour, marker) in enumerate(SCORES):
        if name in round_history:
            at = rounds + (position - 1) * _STEP
            _curve(left, at, round_history, name, colour, marker, legend, passed)
    _finish_rounds(left, rounds, f"the student, on {judge_of(round_history)}", "score")
    quality = label_quality.dropna(subset=["accuracy"])
    at = quality["round"].to_numpy(dtype=float)
    hollow = np.isin(at, rounds[passed])
    if len(quality):
        _curve(right, at, quality, "accuracy", BLUE, "o", "labels like the truth", hollow)
    else:
        right.text(0.5, 0.5, "no truth is known for these films", ha="center", va="center",
                   transform=right.transAxes, color=GREY)  # fmt: skip
    _finish_rounds(right, rounds, "the labels, against the truth", "accuracy")
    note = "Vertical lines are 95 % intervals."
    if passed.any():
        note += " Hollow marks: the loop had stopped, and the round passed everything through."
    figure.supxlabel(note, fontsize=9, color=GREY)
    return figure


def _curve(
    axes: Axes,
    at: np.ndarray,
    table: pd.DataFrame,
    name: str,
    colour: str,
    marker: str,
    legend: str,
    hollow: np.ndarray,
) -> None:
    values = table[name].to_numpy(dtype=float)
    axes.plot(at, values, color=colour, linewidth=1.6, label=legend, marker=marker, markersize=6)
    axes.plot(at[hollow], values[hollow], linestyle="none", marker=marker, markersize=6,
              markerfacecolor="white", markeredgecolor=colour)  # fmt: skip
    if f"{name}_low" in table:
        low, high = table[f"{name}_low"].to_numpy(float), table[f"{name}_high"].to_numpy(float)
        axes.vlines(at, low, high, color=colour, linewidth=1.2, alpha=0.6)


def judge_of(round_history: pd.DataFrame) -> str:
    """Return which clips the student was scored on."""
    judges = set(round_history.get("judged_on", pd.Series(["bench"])))
    return "the validation clips" if judges == {"validation"} else "the bench"


def _passed(round_history: pd.DataFrame) -> np.ndarray:
    if "passed_through" not in round_history:
        return np.zeros(len(round_history), dtype=bool)
    passed: np.ndarray = round_history["passed_through"].to_numpy(dtype=bool)
    return passed


def _finish_rounds(axes: Axes, rounds: np.ndarray, title: str, quantity: str) -> None:
    axes.set_xticks(rounds, [str(int(number)) for number in rounds])
    axes.set_xlabel("round")
    axes.set_ylabel(quantity)
    show_percent(axes.yaxis)
    axes.grid(axis="y", color=LIGHT, linewidth=0.8)
    make_plain(axes)
    axes.set_title(title, loc="left", fontsize=11, color=INK)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3)
