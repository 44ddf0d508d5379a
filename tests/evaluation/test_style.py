import inspect
import io
import warnings

import pandas as pd
import pytest
from matplotlib.figure import Figure

from libra_emo.evaluation import footage_plot, plots, quality_plot, report_card_plots, rounds_plot
from libra_emo.evaluation.footage_plot import plot_footage
from libra_emo.evaluation.scoring import figures
from libra_emo.evaluation.style import new_figure, plain_texts, set_title
from libra_emo.simulation import plots as simulation_plots
from libra_emo.simulation.plots import plot_recalls

# no valid formulas, which would end the run when the figure is saved
NAMES = ["Ba$$in", "$\\frac$", "a $ b $ c", "$x_{$", "\\$$", "$$", "100 % of $_", "_hidden_"]


def draw(figure):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.savefig(io.BytesIO(), format="png", dpi=40)


@pytest.mark.parametrize("name", NAMES)
def test_texts_of_a_figure_are_shown_as_they_are(name):
    @plain_texts
    def plot():
        figure, axes = new_figure(4, 3)
        axes.plot([0, 1], [0, 1], label=f"x{name}")
        axes.legend()
        axes.text(0, 0, name)
        axes.set_xlabel(name)
        axes.set_yticks([0, 1], [name, name])
        axes.table([[name]])
        figure.suptitle(name)
        set_title(axes, name, name)
        return figure

    figure = plot()
    assert isinstance(figure, Figure)
    draw(figure)


@pytest.mark.parametrize("name", [*NAMES, "x" * 100_000, "two\nlines", "\t", "字" * 500])
def test_footage_with_any_theme_and_language_is_drawn(name):
    summary = pd.DataFrame(
        {"by": ["all", "theme", "language"], "value": ["all", name, name], "films": 1, "scenes": 1}
    ).assign(hours=1.0, clips=1, clip_hours=0.5, clip_share=0.5)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")
        plot_footage(summary).savefig(io.BytesIO(), format="png", dpi=40)


def test_titles_of_simulations_are_shown_as_they_are():
    gain = {"mean": 0.1, "low": 0.0, "high": 0.2}
    draw(plot_recalls({"Ba$$in": gain}, ["Ba$$in"], "$$"))


@pytest.mark.parametrize(
    "module",
    [
        *(footage_plot, plots, quality_plot, report_card_plots, rounds_plot),
        *(figures, simulation_plots),
    ],
)
def test_every_plotting_function_shows_texts_as_they_are(module):
    made = [
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("plot_") and function.__module__ == module.__name__
    ]
    assert made
    assert all(hasattr(function, "__wrapped__") for function in made)
