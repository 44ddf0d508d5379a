import pandas as pd
import pytest
from kedro.io import DataCatalog

from libra_emo.cli.summary import show_summary
from libra_emo.datasets import CsvTableDataset


@pytest.fixture
def catalog(tmp_path):
    paths = {"round_history": "rounds.csv", "bench_scores": "bench_scores.csv"}
    return DataCatalog({n: CsvTableDataset(filepath=str(tmp_path / p)) for n, p in paths.items()})


def test_rounds_and_scores_are_shown_with_intervals_and_their_files(catalog, tmp_path, capsys):
    rounds = {
        "round": [0, 1],
        "sampled": [0, 12],
        "changed": [None, 5],
        "accuracy": [0.4, 0.5125],
        "accuracy_low": [0.3, 0.41],
        "accuracy_high": [0.5, 0.61],
    }
    catalog.save("round_history", pd.DataFrame(rounds))
    scores = {"model": ["student"], "modalities": ["VAT"], "macro_f1": [0.333], "accuracy": [None]}
    catalog.save("bench_scores", pd.DataFrame(scores))
    show_summary(catalog, tmp_path)
    shown = capsys.readouterr().out
    for part in ("51.2 (41.0-61.0)", "student", "VAT", "33.3", "–", "rounds.csv", "make viz"):
        assert part in shown
    assert str(tmp_path) not in shown


@pytest.mark.parametrize(("who", "named"), [("simulated", True), ("people", False)])
def test_simulated_annotators_are_named(catalog, tmp_path, capsys, who, named):
    rounds = pd.DataFrame({"round": [0], "accuracy": [0.5], "annotators": [who]})
    catalog.save("round_history", rounds)
    show_summary(catalog, tmp_path)
    assert ("annotators are simulated" in capsys.readouterr().out) == named


def test_before_there_are_results_the_way_to_them_is_shown(catalog, tmp_path, capsys):
    show_summary(catalog, tmp_path)
    assert capsys.readouterr().out.strip() == "There are no results yet: `make run` makes them."
