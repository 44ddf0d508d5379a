from datetime import date

import pandas as pd
import pytest
from kedro.io import DataCatalog
from support.rounds import ROUND_REPORT, round_report

from libra_emo.datasets import CsvTableDataset, ReportDataset, StudentDataset, TableDataset
from libra_emo.tracking.loop import LoopKey, read_loop
from libra_emo.tracking.metrics import ASKED, CHANGED, LABEL_ACCURACY, STUDENT_ACCURACY

PARAMETERS = {
    "seed": 7,
    "annotators": "simulated",
    "student": "classical",
    "max_rounds": 1,
    "active_learning": {"threshold": 2},
    "evaluation": {"models": [{"name": "student", "source": "student"}]},
}


class Note:
    def save(self, folder):
        (folder / "note.txt").write_text("trained")


@pytest.fixture
def catalog(tmp_path):
    """What a loop of two rounds, of which the second is passed on, leaves behind."""
    datasets = {name: TableDataset(filepath=str(tmp_path / f"{name}.parquet")) for name in TABLES}
    for number in (0, 1):
        name = f"round_{number}"
        path = tmp_path / "data/08_reporting/rounds" / f"{name}.json"
        datasets[f"{name}.report"] = ReportDataset(filepath=str(path), model=ROUND_REPORT)
        datasets[f"{name}.model"] = StudentDataset(filepath=str(tmp_path / "models" / name))
    datasets["model"] = StudentDataset(filepath=str(tmp_path / "models/final"))
    scores = tmp_path / "data/08_reporting/bench_scores.csv"
    datasets["bench_scores"] = CsvTableDataset(filepath=str(scores))
    catalog = DataCatalog(datasets)
    for name in TABLES:
        catalog.save(name, pd.DataFrame({"clip_id": [name]}))
    catalog.save("round_0.report", round_report(accuracy=0.5, macro_f1=float("nan")))
    catalog.save("round_1.report", round_report(1, saturated=True, accuracy=0.6))
    catalog.save("round_0.model", Note())
    catalog.save("round_1.model", {"pointer": "round_0"})
    catalog.save("model", Note())
    rows = {"model": ["student", "vote"], "modalities": ["VAT", "VAT"], "accuracy": [0.6, 0.5]}
    catalog.save("bench_scores", pd.DataFrame({**rows, "macro_f1": [None, None]}))
    return catalog


TABLES = ("pool", "bench_sample", "round_0.labels", "round_1.labels", "training_labels")


def read(catalog, tmp_path, **parameters):
    return read_loop({**PARAMETERS, **parameters}, catalog, tmp_path / "data/08_reporting")


def test_the_voters_report_card_is_an_artifact(catalog, tmp_path):
    folder = tmp_path / "data/08_reporting/voters"
    catalog["voter_scores"] = CsvTableDataset(filepath=str(folder / "voter_scores.csv"))
    catalog.save("voter_scores", pd.DataFrame({"voter": ["text", "vote"], "accuracy": [0.4, 0.5]}))
    loop = read(catalog, tmp_path)
    assert folder / "voter_scores.csv" in loop.reports
    assert {name for name, _ in loop.points} == {ASKED, CHANGED, STUDENT_ACCURACY}


def test_curves_and_trainings_are_found(catalog, tmp_path):
    loop = read(catalog, tmp_path)
    assert loop.points == {
        (ASKED, 0): 0.0,
        (STUDENT_ACCURACY, 0): 0.5,
        (ASKED, 1): 0.0,
        (CHANGED, 1): 0.0,
        (STUDENT_ACCURACY, 1): 0.6,
    }
    assert [training.name for training in loop.trainings] == ["round_0", "final"]
    assert loop.trainings[0].metrics == {"accuracy": 0.5}
    assert loop.trainings[-1].metrics == {"accuracy": 0.6}
    assert {p.name for p in loop.reports} == {"round_0.json", "round_1.json", "bench_scores.csv"}
    assert loop.scored and loop.complete
    assert "| 1 | 0 | 0 | 60.0 |" in loop.description


def test_the_accuracy_of_labels_is_a_curve_where_the_truth_is_known(catalog, tmp_path):
    path = tmp_path / "data/08_reporting/label_quality.csv"
    catalog["label_quality"] = CsvTableDataset(filepath=str(path))
    table = {"round": [0, 1, 2], "accuracy": [0.8, None, 0.9]}
    catalog.save("label_quality", pd.DataFrame(table))
    points = read(catalog, tmp_path).points
    labels = {step: value for (name, step), value in points.items() if name == LABEL_ACCURACY}
    assert labels == {0: 0.8}  # unknown in round 1, and there is no report of round 2


def test_the_versions_of_the_benchs_numbers_are_found(catalog, tmp_path):
    assert read(catalog, tmp_path).versions == {}
    path = tmp_path / "data/08_reporting/bench_versions.csv"
    catalog["bench_versions"] = CsvTableDataset(filepath=str(path))
    rows = {"data_version": ["d1"] * 3, "parser_version": "r1", "prompt_version": ["p", None, "q"]}
    catalog.save("bench_versions", pd.DataFrame(rows))
    loop = read(catalog, tmp_path)
    assert loop.versions == {"data_version": "d1", "parser_version": "r1", "prompt_version": "p, q"}
    assert path in loop.reports


def test_runs_are_named_by_student_seed_and_day():
    key = LoopKey("a1b2c3", "classical", 7)
    assert key.name_run(date(2026, 11, 30)) == "classical seed 7 2026-11-30 a1b2"
    assert key.name_run(date(2026, 11, 30), "round_1").startswith("round_1 classical seed 7 2026")


def test_a_loop_stays_the_same_with_more_rounds_and_not_with_another_seed_or_pool(
    catalog, tmp_path
):
    first = read(catalog, tmp_path)
    more = read(catalog, tmp_path, max_rounds=2)
    assert more.key == first.key
    assert not more.complete
    assert read(catalog, tmp_path, seed=8).key != first.key
    catalog.save("pool", pd.DataFrame({"clip_id": ["other"]}))
    assert read(catalog, tmp_path).key != first.key


def test_what_is_out_of_date_is_left_out(catalog, tmp_path):
    stale = {tmp_path / "models/final", tmp_path / "data/08_reporting/rounds/round_1.json"}
    loop = read_loop(PARAMETERS, catalog, tmp_path / "data/08_reporting", stale)
    assert {step for _, step in loop.points} == {0}
    assert [training.name for training in loop.trainings] == ["round_0"]
    assert {path.name for path in loop.reports} == {"round_0.json", "bench_scores.csv"}
    assert not loop.complete


def test_before_the_bench_there_is_no_loop(catalog, tmp_path):
    (tmp_path / "pool.parquet").unlink()
    assert read(catalog, tmp_path) is None
