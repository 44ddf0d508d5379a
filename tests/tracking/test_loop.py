import pandas as pd
import pytest
from kedro.io import DataCatalog
from support.rounds import ROUND_REPORT, round_report

from libra_emo.datasets import CsvTableDataset, ReportDataset, StudentDataset, TableDataset
from libra_emo.tracking.loop import flatten_numbers, flatten_text, read_loop

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


def test_the_voters_report_card_is_found(catalog, tmp_path):
    folder = tmp_path / "data/08_reporting/voters"
    for name in ("voter_scores", "voter_pairs"):
        catalog[name] = CsvTableDataset(filepath=str(folder / f"{name}.csv"))
    scores = {"voter": ["text", "vote"], "accuracy": [0.4, 0.5], "p_value": [0.2, None]}
    catalog.save("voter_scores", pd.DataFrame(scores))
    pairs = {"first": ["text"], "second": ["face"], "alike": [3], "alike_share": [0.25]}
    catalog.save("voter_pairs", pd.DataFrame(pairs))
    loop = read(catalog, tmp_path)
    assert {name: value for name, value in loop.scores.items() if "voters/" in name} == {
        "voters/text/accuracy": 0.4,
        "voters/text/p_value": 0.2,
        "voters/vote/accuracy": 0.5,
        "voters/text and face/alike": 3.0,
        "voters/text and face/alike_share": 0.25,
    }
    assert loop.trainings[-1].metrics == {"bench/student/VAT/accuracy": 0.6}
    assert folder / "voter_scores.csv" in loop.reports


def test_rounds_trainings_and_scores_are_found(catalog, tmp_path):
    loop = read(catalog, tmp_path)
    assert set(loop.rounds) == {0, 1}
    assert loop.rounds[1].items() >= {"round": 1.0, "saturated": 1.0, "accuracy": 0.6}.items()
    # what is not known is left out, and so is what is no number
    assert loop.rounds[0]["accuracy"] == 0.5
    assert not {"macro_f1", "changed", "score"} & set(loop.rounds[0])
    assert [training.name for training in loop.trainings] == ["round_0", "final"]
    assert loop.scores == {"bench/student/VAT/accuracy": 0.6, "bench/vote/VAT/accuracy": 0.5}
    assert loop.trainings[-1].metrics == {"bench/student/VAT/accuracy": 0.6}
    assert {p.name for p in loop.reports} == {"round_0.json", "round_1.json", "bench_scores.csv"}
    assert loop.complete


def test_a_loop_stays_the_same_with_more_rounds_and_not_with_another_seed_or_pool(
    catalog, tmp_path
):
    first = read(catalog, tmp_path)
    more = read(catalog, tmp_path, max_rounds=2)
    assert more.identity == first.identity
    assert not more.complete
    assert read(catalog, tmp_path, seed=8).identity != first.identity
    catalog.save("pool", pd.DataFrame({"clip_id": ["other"]}))
    assert read(catalog, tmp_path).identity != first.identity


def test_what_is_no_longer_true_is_not_told(catalog, tmp_path):
    stale = {tmp_path / "models/final", tmp_path / "data/08_reporting/rounds/round_1.json"}
    loop = read_loop(PARAMETERS, catalog, tmp_path / "data/08_reporting", stale)
    assert list(loop.rounds) == [0]
    assert [training.name for training in loop.trainings] == ["round_0"]
    assert {path.name for path in loop.reports} == {"round_0.json", "bench_scores.csv"}
    assert not loop.complete


def test_before_the_bench_there_is_no_loop(catalog, tmp_path):
    (tmp_path / "pool.parquet").unlink()
    assert read(catalog, tmp_path) is None


def test_parameters_are_flat_short_and_hold_no_secret_and_no_place():
    told = flatten_text(
        {
            "voters": [
                {"name": "x", "api_key": "sk-1", "api_base": "https://me:pw@host:1/v1?token=z"}
            ],
            "password": "p",
            "sets": ["V", "A"],
            "path": "/home/me/models/big",
            "long": "x" * 9000,
        }
    )
    assert told == {
        "voters.0.name": "x",
        "voters.0.api_base": "https://host:1/v1",
        "sets": '["V", "A"]',
        "path": "big",
        "long": "x" * 5900,
    }


def test_numbers_are_found_at_any_depth():
    assert flatten_numbers({"a": {"b": 1, "c": "x"}, "d": None, "e": True}) == {"a.b": 1, "e": 1}
