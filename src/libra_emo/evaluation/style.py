"""The style of all figures.

The colours are from the set of Okabe and Ito, which colour-blind people can distinguish, and they
differ in lightness. Whatever a colour marks also has a shape or a position of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")

BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
INK, GREY, LIGHT = "#1a1a1a", "#6b6b6b", "#d9d9d9"


def plain_texts(plot: Callable[P, Figure]) -> Callable[P, Figure]:
    """Return a plotting function whose figures show every text as it is, dollar signs too.

    Matplotlib reads what is between two dollar signs as mathematics. A name or a theme from outside
    may have them, and one that is no valid formula would raise an error when the figure is saved.
    """

    @wraps(plot)
    def plot_plainly(*args: P.args, **kwargs: P.kwargs) -> Figure:
        import matplotlib
        from matplotlib.text import Text

        with matplotlib.rc_context({"text.parse_math": False}):
            figure = plot(*args, **kwargs)
        for text in figure.findobj(Text):
            text.set_parse_math(False)
        return figure

    return plot_plainly


def new_figure(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a figure with one empty plot; width and height are in inches."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    make_plain(axes)
    return figure, axes


def make_plain(axes: Axes) -> None:
    """Remove the frame and the tick marks of a plot."""
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(LIGHT)
    axes.tick_params(length=0, colors=INK)
    axes.set_axisbelow(True)


def set_title(axes: Axes, title: str, below: str) -> None:
    """Set a title and a smaller line below it."""
    axes.set_title(f"{title}\n", loc="left", fontsize=12, color=INK)
    axes.text(0, 1.012, below, transform=axes.transAxes, fontsize=9, color=GREY, va="bottom")


def show_percent(axis: Any) -> None:
    """Show an axis of fractions in percent."""
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
