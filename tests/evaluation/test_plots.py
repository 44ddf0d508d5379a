import io

import numpy as np
import pandas as pd
from support.small_world import make_world

from libra_emo.evaluation.plots import plot_classes, plot_confusion
from libra_emo.evaluation.rounds_plot import plot_rounds
from libra_emo.taxonomy import Emotion, Taxonomy, read_taxonomy

TAXONOMY = read_taxonomy()
TRUTH = ["sad", "sad", "sad", "angry", "happy"]
PREDICTED = ["sad", "sad", "angry", "angry", "sad"]


def texts(axes):
    return [text.get_text() for text in axes.texts]


def make_quality(accuracy):
    table = pd.DataFrame({"round": [0, 1], "accuracy": accuracy})
    return table.assign(accuracy_low=table["accuracy"] - 0.1, accuracy_high=table["accuracy"] + 0.1)


def test_the_confusion_matrix_shows_each_count_where_it_belongs():
    axes = plot_confusion(TRUTH, PREDICTED, TAXONOMY, "title").axes[0]
    cells = {text.get_position(): text.get_text() for text in axes.texts}
    sad, angry = (TAXONOMY.labels.index(label) for label in ("sad", "angry"))
    assert (cells[sad, sad], cells[angry, sad]) == ("2", "1")
    assert [tick.get_text() for tick in axes.get_xticklabels()] == list(TAXONOMY.labels)
    shades = np.asarray(axes.images[0].get_array())
    assert shades[sad, sad] == 2 / 3
    assert "sad  (3)" in [tick.get_text() for tick in axes.get_yticklabels()]


def test_unreadable_answers_get_a_column_when_there_are_any():
    axes = plot_confusion(TRUTH, [None, *PREDICTED[1:]], TAXONOMY, "title").axes[0]
    assert axes.get_xticklabels()[-1].get_text() == "unreadable"


def test_the_class_plot_has_a_bar_of_each_kind_for_each_label():
    axes = plot_classes(TRUTH, PREDICTED, TAXONOMY, "title").axes[0]
    f1, recall = ([bar.get_width() for bar in bars] for bars in axes.containers[:2])
    place = TAXONOMY.labels.index("sad")
    assert (f1[place], recall[place]) == (2 / 3, 2 / 3)
    assert len(f1) == len(recall) == len(TAXONOMY.labels)


def test_the_rounds_plot_draws_the_history():
    figure = plot_rounds(make_world().round_history, make_quality([0.6, 0.7]))
    left, right = figure.axes
    assert list(left.lines[0].get_ydata()) == [0.5, 0.6]
    assert list(right.lines[0].get_ydata()) == [0.6, 0.7]


def test_unknown_label_quality_is_said():
    figure = plot_rounds(make_world().round_history, make_quality([np.nan, np.nan]))
    assert any("no truth is known" in text for text in texts(figure.axes[1]))


def test_passed_rounds_are_hollow_and_explained():
    history = make_world().round_history.assign(passed_through=[False, True])
    figure = plot_rounds(history, make_quality([0.6, 0.6]))
    assert list(figure.axes[0].lines[1].get_ydata()) == [0.6]
    assert "Hollow" in figure.get_supxlabel()


def test_figures_are_the_same_bytes_twice():
    def picture():
        file = io.BytesIO()
        figure = plot_confusion(TRUTH, PREDICTED, TAXONOMY, "title")
        figure.savefig(file, format="png", metadata={"Software": None})
        return file.getvalue()

    assert picture() == picture()


def test_a_small_taxonomy_and_an_empty_bench_are_drawn_too():
    emotions = [
        Emotion(label=label, type="neutral", coarse=label, definition="One.") for label in "xy"
    ]
    taxonomy = Taxonomy(emotions=tuple(emotions))
    for truth, predicted in ((["x", "y"], ["y", "y"]), ([], [])):
        for plot in (plot_confusion, plot_classes):
            plot(truth, predicted, taxonomy, "title").savefig(io.BytesIO(), format="png")
