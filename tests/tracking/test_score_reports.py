"""A report of scores in MLflow: its page, the scores of its models, and their versions."""

import pytest
from mlflow import MlflowClient
from support.score_reports import make_report

from libra_emo.evaluation.scoring.report_folder import PAGE, SUMMARY, write_report
from libra_emo.evaluation.scoring.score_report import Versions
from libra_emo.tracking.score_reports import log_scores
from libra_emo.tracking.tags import PARENT_TAG

pytestmark = pytest.mark.slow  # MLflow takes some ten seconds to make its database

VERSIONS = [Versions("d1", f"a{number}", "p-7", "r1") for number in range(2)]


def test_the_report_is_one_run_with_its_models_below_it_and_logged_once(tmp_path):
    more = {"versions": VERSIONS, "provenance": {"truth: a.csv": "sha256 1"}}
    report = make_report(tmp_path, accuracies=(0.3, 0.7), **more)
    folder = tmp_path / "out"
    write_report(report, folder)
    settings = {"tracking_uri": "sqlite:///mlflow.db", "experiment": "e", "artifacts": "artifacts"}
    ids = [log_scores(report, folder, settings, tmp_path) for _ in range(2)]
    assert ids[0] == ids[1]
    client = MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    runs = client.search_runs([client.get_experiment_by_name("e").experiment_id])
    children = {run.info.run_name: run for run in runs if PARENT_TAG in run.data.tags}
    assert len(runs) == 3 and set(children) == {"m0", "m1"}
    for place, model in enumerate(report.models):
        run = children[model.name].data
        interval = model.scores["accuracy"]
        assert run.metrics["accuracy"] == interval.estimate
        assert run.metrics["accuracy_low"] == interval.low
        assert run.metrics["uar_readable"] == model.readable["uar"].estimate
        assert run.params == {
            "model": model.name, "data_version": "d1", "answers_version": f"a{place}",
            "prompt_version": "p-7", "parser_version": "r1",
        }  # fmt: skip
    parent = client.get_run(ids[0])
    assert parent.info.status == "FINISHED"
    assert parent.data.params["set"] == "mine"
    assert parent.data.params["truth: a.csv"] == "sha256 1"
    artifacts = {file.path for file in client.list_artifacts(ids[0])}
    assert {PAGE, SUMMARY, "scores.csv", "scores.tex", "ranking.svg", "samples"} <= artifacts
