"""The report's figures, as PNG and SVG."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from libra_emo.evaluation.scoring.score_report import ModelScore, ScoreReport
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

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DETAILED = 3  # models that get figures of their own, the best ones
_DPI = 110
_TYPES = ("positive", "neutral", "negative", None)


class Picture(NamedTuple):
    """A figure with the words that stand for it.

    Attributes:
        name: Name of its files.
        caption: What it shows.
        figure: The figure itself.
    """

    name: str
    caption: str
    figure: Figure


def draw_figures(report: ScoreReport) -> Iterator[Picture]:
    """Give the figures of a report: the ranking, and confusion and recall of the best models."""
    yield Picture(
        "ranking",
        "Accuracy of each model with its 95 % interval. Grey models are significantly worse than "
        "the best one; a ring is the accuracy over readable answers alone.",
        plot_ranking(report),
    )
    for number, place in enumerate(report.best_first[:DETAILED], start=1):
        model = report.models[place]
        if np.isnan(model.scores["accuracy"].estimate):
            continue
        yield Picture(
            f"confusion_{number}",
            f"{model.name}: answers by true class. The shade is the share of the row.",
            plot_confusion(model, report),
        )
        yield Picture(
            f"recall_{number}",
            f"{model.name}: recall of each class with its 95 % interval.",
            plot_recall(model, report),
        )
    if any(model.curve for model in report.models):
        yield Picture(
            "coverage",
            "Accuracy of the surest answers, for every share of the clips.",
            plot_coverage(report),
        )


@plain_texts
def plot_ranking(report: ScoreReport) -> Figure:
    """Return the models from best to worst, with intervals."""
    order = report.best_first
    figure, axes = new_figure(8.0, 1.3 + 0.32 * len(order))
    for row, place in enumerate(order):
        score, readable = (
            part["accuracy"]
            for part in (report.models[place].scores, report.models[place].readable)
        )
        colour = BLUE if report.ranks[place, 0] == 1 else GREY
        axes.plot([score.low, score.high], [row, row], color=colour, linewidth=2.5, alpha=0.7)
        axes.plot(score.estimate, row, "o", color=colour, markersize=7)
        if report.models[place].without_label:
            axes.plot(readable.estimate, row, "o", color=ORANGE, markersize=7, fillstyle="none")
    if report.ceiling is not None:
        axes.axvline(report.ceiling.one_against_others.estimate, color=INK, linestyle=":")
        axes.text(
            report.ceiling.one_against_others.estimate,
            -0.8,
            " one annotator",
            fontsize=8,
            color=INK,
        )
    names = [report.models[place].name for place in order]
    axes.set_yticks(range(len(order)), names, parse_math=False)
    axes.set_ylim(len(order) - 0.4, -1)
    axes.grid(axis="x", color=LIGHT)
    show_percent(axes.xaxis)
    films = len(set(report.clips.film))
    unit = f"clustered by {films} films" if report.clips.films_known else "films are not known"
    set_title(axes, f"Accuracy on {report.clips.classes.title}", f"95 % intervals, {unit}")
    return figure


@plain_texts
def plot_confusion(model: ModelScore, report: ScoreReport) -> Figure:
    """Return a confusion matrix, positive classes first, negative ones last."""
    classes = report.clips.classes
    order = [
        place for kind in _TYPES for place, each in enumerate(classes.classes) if each.type == kind
    ]
    width = len(classes.names)
    extra = [
        (width + place, name)
        for place, name in enumerate(("another label", "no label", "no answer"))
        if model.confusion[:, width + place].any()
    ]
    counts = model.confusion[order][:, [*order, *(place for place, _ in extra)]]
    totals = counts.sum(axis=1)
    shares = counts / np.maximum(totals, 1)[:, None]
    figure, axes = new_figure(2.0 + 0.55 * counts.shape[1], 1.7 + 0.46 * width)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour = "white" if shares[row, column] > 0.5 else INK
        weight = "bold" if row == column else "normal"
        axes.text(
            column, row, str(counts[row, column]), ha="center", va="center", color=colour,
            fontsize=9, fontweight=weight,
        )  # fmt: skip
    names = [classes.names[place] for place in order]
    columns = [*names, *(name for _, name in extra)]
    axes.set_xticks(range(len(columns)), columns, rotation=40, ha="right", parse_math=False)
    rows = [f"{name}  ({total})" for name, total in zip(names, totals, strict=True)]
    axes.set_yticks(range(width), rows, parse_math=False)
    axes.set_xlabel("answer")
    axes.set_ylabel("truth (clips)")
    set_title(axes, model.name, "Cells count clips; the shade is the share of the row.")
    return figure


@plain_texts
def plot_recall(model: ModelScore, report: ScoreReport) -> Figure:
    """Return the recall of each class with its interval."""
    names = report.clips.classes.names
    figure, axes = new_figure(7.0, 1.3 + 0.34 * len(names))
    for row, interval in enumerate(model.recalls):
        axes.plot([interval.low, interval.high], [row, row], color=BLUE, linewidth=2.5, alpha=0.6)
        axes.plot(interval.estimate, row, "o", color=BLUE, markersize=6)
    sizes = model.classes["truths"]
    labels = [f"{name}  ({int(size)})" for name, size in zip(names, sizes, strict=True)]
    axes.set_yticks(range(len(names)), labels, parse_math=False)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(-0.02, 1.02)
    axes.grid(axis="x", color=LIGHT)
    show_percent(axes.xaxis)
    set_title(axes, model.name, "Recall by class; Wilson on the effective number of clips")
    return figure


@plain_texts
def plot_coverage(report: ScoreReport) -> Figure:
    """Return accuracy against coverage, for the models with probabilities."""
    figure, axes = new_figure(7.0, 4.2)
    chosen = [report.models[place] for place in report.best_first if report.models[place].curve]
    styles = ("-", "--", "-.", ":")
    for number, model in enumerate(chosen[: len(styles)]):
        if model.curve is not None:
            axes.plot(
                model.curve.coverage, model.curve.accuracy, styles[number], label=model.name,
                linewidth=2, color=(BLUE, ORANGE, INK, GREY)[number],
            )  # fmt: skip
    axes.set_ylim(0, 1)
    axes.grid(axis="y", color=LIGHT)
    show_percent(axes.xaxis)
    show_percent(axes.yaxis)
    axes.set_xlabel("share of the clips that are answered, the surest first")
    legend = axes.legend(frameon=False)
    for text in legend.get_texts():
        text.set_parse_math(False)
    set_title(axes, "Accuracy against coverage", "")
    return figure


def to_bytes(figure: Figure, form: str) -> bytes:
    """Return a figure in a form, `png` or `svg`; the same figure gives the same bytes."""
    import matplotlib

    buffer = io.BytesIO()
    metadata = {"Date": None} if form == "svg" else {"Software": None}
    with matplotlib.rc_context({"svg.hashsalt": "libra_emo", "svg.fonttype": "none"}):
        figure.savefig(buffer, format=form, dpi=_DPI, metadata=metadata)
    figure.set_layout_engine("none")  # the second form keeps the layout of the first
    return buffer.getvalue()
