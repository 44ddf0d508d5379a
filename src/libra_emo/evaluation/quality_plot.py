"""The figure of the labels' quality: how good they are, how sure that is, what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from libra_emo.evaluation.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    make_plain,
    plain_texts,
    show_percent,
)

NEXT_ANSWERS = 1000

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@plain_texts
def plot_quality(loop_decisions: pd.DataFrame, label_quality: pd.DataFrame) -> Figure:
    """Return the wrong labels by people's answers so far, and what the next 1,000 would bring.

    The dashed line goes on from the last round: to so many wrong labels less as the posterior
    expects of the next 1,000 answers.

    Args:
        loop_decisions: One row per round: judgements, certified_error with its interval, and
            expected_fixes.
        label_quality: One row per round, see `measure_label_quality`; accuracy is null if no
            truth is known.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.4, 4.8), layout="constrained")
    left, right = figure.subplots(1, 2, gridspec_kw={"wspace": 0.06})
    spent = loop_decisions["judgements"].to_numpy(dtype=float)
    certified = loop_decisions.dropna(subset=["certified_high"])
    _draw_certified(left, certified)
    truth = label_quality.merge(loop_decisions[["round", "judgements"]], on="round")
    truth = truth.dropna(subset=["accuracy"])
    if len(truth):
        left.plot(truth["judgements"], 1 - truth["accuracy"], color=ORANGE, marker="s",
                  linewidth=1.6, label="unlike the truth")  # fmt: skip
    _draw_expected(left, loop_decisions, label_quality, certified, truth)
    if not len(certified):
        left.text(0.5, 0.92, "no certificate: no audit was asked for", ha="center", va="top",
                  transform=left.transAxes, color=GREY)  # fmt: skip
    _finish(left, "wrong labels", "share")
    left.set_ylim(bottom=0)
    show_percent(left.yaxis)
    if not left.lines:
        left.set_xticks([])
        left.set_yticks([])
    right.plot(spent, loop_decisions["expected_fixes"], color=BLUE, marker="o", linewidth=1.6)
    right.set_ylim(bottom=0)
    _finish(right, "what the next 1,000 answers would bring", "labels made right, expected")
    return figure


def _draw_certified(axes: Axes, certified: pd.DataFrame) -> None:
    if not len(certified):
        return
    at = certified["judgements"]
    axes.vlines(at, certified["certified_low"], certified["certified_high"], color=BLUE,
                linewidth=1.2, alpha=0.6)  # fmt: skip
    axes.plot(at, certified["certified_error"], color=BLUE, marker="o", linewidth=1.6,
              label="certified: changed by a fresh panel")  # fmt: skip


def _draw_expected(
    axes: Axes,
    loop_decisions: pd.DataFrame,
    label_quality: pd.DataFrame,
    certified: pd.DataFrame,
    truth: pd.DataFrame,
) -> None:
    """Draw what the next answers would bring, from the last share that is known."""
    if not len(loop_decisions) or not len(label_quality):
        return
    now = loop_decisions.iloc[-1]
    known = [certified["certified_error"], 1 - truth["accuracy"]]
    last = next((float(shares.iloc[-1]) for shares in known if len(shares)), None)
    labelled = int(label_quality.iloc[-1]["labelled"])
    if last is None or not labelled:
        return
    less = float(now["expected_fixes"]) / labelled
    axes.plot([now["judgements"], now["judgements"] + NEXT_ANSWERS], [last, max(0.0, last - less)],
              color=GREY, linestyle="--", linewidth=1.4,
              label="expected of the next 1,000 answers")  # fmt: skip


def _finish(axes: Axes, title: str, quantity: str) -> None:
    axes.set_xlabel("people's answers in the rounds so far")
    axes.set_ylabel(quantity)
    axes.grid(axis="y", color=LIGHT, linewidth=0.8)
    make_plain(axes)
    axes.set_title(title, loc="left", fontsize=11, color=INK)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.16))
