"""A training's run in MLflow: begun live, gone on with after a kill, taken over at its end."""

from dataclasses import replace

import pytest

from libra_emo.tracking.fine_tuning import FineTuning, Point
from libra_emo.tracking.live import open_training
from libra_emo.tracking.loop import Loop, LoopKey, Training
from libra_emo.tracking.metrics import STUDENT_ACCURACY
from libra_emo.tracking.runs import log_loop
from libra_emo.tracking.tags import LABELS_TAG, MODEL_TAG, PARENT_TAG

pytestmark = pytest.mark.slow  # MLflow takes some ten seconds to make its database

SETTINGS = {
    "tracking_uri": "sqlite:///data/mlflow/mlflow.db",
    "experiment": "tests",
    "artifacts": "data/mlflow/artifacts",
}
DIGEST = "0123456789abcdef"
KEY = LoopKey("loop", "multimodal", 7)


def measure(*steps):
    return [Point("training/loss", step, 1.0 / step, 1000 * step) for step in steps]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    (folder / "data/08_reporting").mkdir(parents=True)
    return folder


@pytest.fixture
def client(project):
    from mlflow import MlflowClient

    return MlflowClient(f"sqlite:///{project}/data/mlflow/mlflow.db")


def follow(project, name="round_0", digest=DIGEST):
    return open_training(SETTINGS, project, KEY, name, digest)


def children(client):
    (experiment,) = client.search_experiments(filter_string="name = 'tests'")
    runs = client.search_runs([experiment.experiment_id])
    return [run for run in runs if PARENT_TAG in run.data.tags]


def curve(client, run):
    history = client.get_metric_history(run.info.run_id, "training/loss")
    return [(point.step, point.value, point.timestamp) for point in history]


def test_one_run_from_the_first_update_to_the_finished_training(project, client):
    live = follow(project)
    live.log(measure(1, 2, 3))
    (run,) = children(client)
    assert run.info.status == "RUNNING"
    assert curve(client, run) == [(1, 1.0, 1000), (2, 0.5, 2000), (3, 1 / 3, 3000)]

    again = follow(project)  # killed after update 3, and gone on from update 2
    again.log(measure(1, 2))
    again.log(measure(1, 2, 3, 4))
    again.end(failed=False)
    (run,) = children(client)
    assert [step for step, _, _ in curve(client, run)] == [1, 2, 3, 4]
    assert run.info.status == "FINISHED"

    tuned = FineTuning(
        {"weights_sha256": "cd" * 32}, tuple(measure(1, 2, 3, 4, 5)), {"path": "m"}, DIGEST
    )
    labels = project / "round_0.parquet"
    training = Training("round_0", {"accuracy": 0.5}, labels, "ab" * 32, tuned)
    points = {(STUDENT_ACCURACY, 0): 0.5}
    loop = Loop(KEY, {"seed": "7"}, points, "", [training], [], scored=True, complete=True)
    for _ in range(2):
        log_loop(loop, "done", SETTINGS, project)
        (run,) = children(client)
        assert [step for step, _, _ in curve(client, run)] == [1, 2, 3, 4, 5]
        assert run.data.tags[LABELS_TAG] == "ab" * 32 and run.data.tags[MODEL_TAG] == "m"
        assert run.data.params["weights_sha256"] == "cd" * 32
        assert run.info.status == "FINISHED"

    # learnt anew to other weights: another run, and this one stays as it is
    other = replace(tuned, parameters={"weights_sha256": "ef" * 32})
    anew = replace(loop, trainings=[replace(training, fine_tuning=other)])
    log_loop(anew, "done", SETTINGS, project)
    assert len(children(client)) == 2


def test_a_training_that_failed_goes_on_in_its_run(project, client):
    first = follow(project, "round_1", "f" * 16)
    first.log(measure(1))
    first.end(failed=True)
    run = next(run for run in children(client) if run.data.tags["round"] == "round_1")
    assert run.info.status == "FAILED"
    follow(project, "round_1", "f" * 16).log(measure(1, 2))
    found = [run for run in children(client) if run.data.tags["round"] == "round_1"]
    assert len(found) == 1 and found[0].info.status == "RUNNING"
    assert [step for step, _, _ in curve(client, found[0])] == [1, 2]
