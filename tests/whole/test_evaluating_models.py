"""`kedro run --pipeline evaluation` with a model that is asked: answers, scores, versions."""

import math

import pandas as pd
import pytest
import yaml
from mlflow import MlflowClient
from support.evaluated_project import make_project
from support.forked_kedro import kedro
from support.openai_server import KEY, Behaviour, serving

from libra_emo.common.digests import digest_file

pytestmark = pytest.mark.slow
ODD = {
    "film4-000": Behaviour(text="", refusal="I cannot help with that."),
    "film4-001": Behaviour(text="", finish="content_filter"),
    "film4-002": Behaviour(text="It is hard to say what this person feels."),
    "film5-000": Behaviour(text="despairful;He lowers his head."),
}


def configure(project, url, **more):
    asked = {
        "name": "gpt", "model": "openai/gpt-4o", "api_base": url, "served_as": "tests",
        "modalities": "VT", "frame_pixels": 32,
    }  # fmt: skip
    models = [asked, {"name": "voters", "source": "voters"}]
    evaluation = {"models": models, "max_cost_usd": 1, "permutations": 100, **more}
    parameters = {"max_rounds": 1, "evaluation": evaluation}
    (project / "conf/local/parameters.yml").write_text(yaml.safe_dump(parameters))
    (project / "conf/local/credentials.yml").write_text(yaml.safe_dump({"llm_keys": {"gpt": KEY}}))


def test_a_model_is_asked_once_scored_right_and_logged(tmp_path):
    project, world = make_project(tmp_path / "project")
    bench = world.bench_labels.set_index("clip_id")["label"]

    def answer(number, arrived):
        clip = arrived.user.split("words of ")[1][:9]
        return ODD.get(clip, Behaviour(text=f"{bench[clip]};seen in the face"))

    data = project / "data"
    with serving(answer) as server:
        configure(project, server.url)
        kedro(project, "run", "--pipeline", "evaluation")
        assert len(server.arrived) == len(bench) + 1  # prose is asked about again
        assert all(arrived.pictures and not arrived.seconds_of_sound for arrived in server.arrived)
        answers = (data / "07_model_output/bench_answers.parquet").read_bytes()
        kedro(project, "run", "--pipeline", "evaluation", "--nodes", "evaluation.ask_models")
        assert len(server.arrived) == len(bench) + 1
    assert (data / "07_model_output/bench_answers.parquet").read_bytes() == answers
    assert (data / "04_feature/evaluation_answers.sqlite").is_file()

    scores = pd.read_csv(data / "08_reporting/bench_scores.csv").set_index("model").loc["gpt"]
    assert scores["accuracy"] == pytest.approx((len(bench) - 4) / len(bench))
    assert scores["unreadable"] == pytest.approx(3 / len(bench))
    assert not math.isnan(scores["accuracy_low"])
    versions = pd.read_csv(data / "08_reporting/bench_versions.csv").set_index("model").loc["gpt"]
    assert versions["model_id"] == "openai/gpt-4o"
    labels = data / "05_model_input/bench_labels.parquet"
    assert versions["data_version"] == digest_file(labels)[:16]
    page = (data / "08_reporting/results.html").read_text("utf-8")
    for name in ("data_version", "answers_version", "prompt_version", "parser_version"):
        assert f"<code>{versions[name]}</code>" in page

    client = MlflowClient(f"sqlite:///{data}/mlflow/mlflow.db")
    (run,) = [
        run
        for run in client.search_runs([client.get_experiment_by_name("libra_emo").experiment_id])
        if "libra_emo.loop" in run.data.tags
    ]
    for name in ("data_version", "prompt_version", "parser_version"):
        assert run.data.tags[f"libra_emo.{name}"] == versions[name]
    kept = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert {"results.html", "bench_scores.csv", "bench_versions.csv", "bench_scores.tex"} <= kept
