import shutil
import subprocess
from dataclasses import replace

import pytest

from libra_emo.tracking.connection.store import TRAINING_KIND, git_state
from libra_emo.tracking.loop import Loop, LoopKey, Training
from libra_emo.tracking.metrics import ASKED, STUDENT_ACCURACY
from libra_emo.tracking.pending import hand_over, keep_loop
from libra_emo.tracking.runs import log_loop
from libra_emo.tracking.tags import KIND_TAG, LOOP_TAG, NOTE_TAG, PARENT_TAG, SUPERSEDED_TAG

pytestmark = pytest.mark.slow  # MLflow takes some ten seconds to make its database


SCORES = {"accuracy": 0.4}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    (folder / "data/08_reporting/figures").mkdir(parents=True)
    (folder / "data/08_reporting/figures/plot.png").write_bytes(b"png")
    (folder / "data/08_reporting/rounds.csv").write_text("round\n0\n")
    (folder / "round_0.parquet").write_text("labels")
    return folder


@pytest.fixture
def loop(project, request):
    """A loop after its round 0, one for each test."""
    return Loop(
        key=LoopKey(request.node.name, "classical", 7),
        parameters={"seed": "7", "student": "classical"},
        points={(STUDENT_ACCURACY, 0): 0.4, (ASKED, 0): 10.0},
        description="a table",
        trainings=[Training("round_0", SCORES, project / "round_0.parquet", "ab" * 32)],
        reports=sorted(p for p in (project / "data/08_reporting").rglob("*") if p.is_file()),
        scored=True,
        complete=False,
    )


@pytest.fixture
def log(project):
    settings = {
        "tracking_uri": "sqlite:///data/mlflow/mlflow.db",
        "experiment": "tests",
        "artifacts": "data/mlflow/artifacts",
    }
    return lambda loop, ending="done": log_loop(loop, ending, settings, project)


@pytest.fixture
def client(project):
    from mlflow import MlflowClient

    return MlflowClient(f"sqlite:///{project}/data/mlflow/mlflow.db")


def curve(client, run_id, name):
    return [(point.step, point.value) for point in client.get_metric_history(run_id, name)]


def children(client, run_id):
    experiment = client.get_run(run_id).info.experiment_id
    return client.search_runs([experiment], f"tags.`{PARENT_TAG}` = '{run_id}'")


def test_a_resumed_loop_goes_on_in_the_same_run_without_a_point_twice(log, client, loop):
    first = log(loop)
    second = log(replace(loop, points={**loop.points, (STUDENT_ACCURACY, 1): 0.5}))
    assert first == second
    assert curve(client, first, STUDENT_ACCURACY) == [(0, 0.4), (1, 0.5)]
    assert curve(client, first, ASKED) == [(0, 10.0)]
    assert len(children(client, first)) == 1


def test_a_training_is_a_child_with_parameters_metrics_and_the_hash_of_its_data(log, client, loop):
    (child,) = children(client, log(loop))
    assert child.info.run_name.startswith("round_0 classical seed 7 20")
    assert child.info.status == "FINISHED"
    assert child.data.params == {**loop.parameters, "labels_sha256": "ab" * 32}
    assert child.data.metrics == SCORES
    assert child.data.tags["round"] == "round_0"
    assert child.inputs.dataset_inputs[0].dataset.digest == "ab" * 16


def test_labels_that_changed_make_another_child(log, client, loop):
    run_id = log(loop)
    other = replace(loop.trainings[0], labels_sha256="cd" * 32)
    assert log(replace(loop, trainings=[other])) == run_id
    assert len(children(client, run_id)) == 2


def test_a_point_that_changed_sets_the_run_aside(log, client, loop):
    first = log(loop)
    changed = replace(loop, points={(STUDENT_ACCURACY, 0): 0.9})
    second = log(changed)
    assert second != first
    assert log(changed) == second
    assert curve(client, second, STUDENT_ACCURACY) == [(0, 0.9)]
    tags = client.get_run(first).data.tags
    assert LOOP_TAG not in tags
    assert tags[SUPERSEDED_TAG] == loop.key.digest


@pytest.mark.parametrize(
    ("ending", "complete", "status"),
    [
        ("done", False, "RUNNING"),
        ("waiting", False, "SCHEDULED"),
        ("failed", False, "FAILED"),
        ("done", True, "FINISHED"),
    ],
)
def test_the_status_says_how_far_the_loop_is(log, client, loop, ending, complete, status):
    run_id = log(replace(loop, complete=complete), ending)
    assert client.get_run(run_id).info.status == status


def test_a_loop_that_waited_can_be_finished(log, client, loop):
    log(loop, "waiting")
    run_id = log(replace(loop, complete=True))
    assert client.get_run(run_id).info.status == "FINISHED"


def test_results_and_plots_are_kept_with_the_loop(log, client, loop):
    run_id = log(loop)
    assert {entry.path for entry in client.list_artifacts(run_id)} == {"figures", "rounds.csv"}
    assert [entry.path for entry in client.list_artifacts(run_id, "figures")] == [
        "figures/plot.png"
    ]


def test_the_versions_of_the_benchs_numbers_are_tags_that_may_change(log, client, loop):
    for versions in ({"data_version": "d1", "parser_version": "r1"}, {"data_version": "d2"}):
        run_id = log(replace(loop, versions=versions))
        tags = client.get_run(run_id).data.tags
        assert tags["libra_emo.data_version"] == versions["data_version"]
    assert tags["libra_emo.parser_version"] == "r1"


def test_a_run_of_an_older_version_with_other_metrics_is_set_aside(log, client, loop):
    first = log(loop)
    client.log_metric(first, "bench/text/T/accuracy", 0.3)
    second = log(loop)
    assert second != first and log(loop) == second
    assert set(client.get_run(second).data.metrics) == {STUDENT_ACCURACY, ASKED}


def test_the_run_is_named_and_described_and_the_experiment_is_one_of_training(log, client, loop):
    run = client.get_run(log(loop))
    assert run.info.run_name.startswith("classical seed 7 20")
    assert run.data.tags[NOTE_TAG] == "a table"
    experiment = client.get_experiment(run.info.experiment_id)
    assert experiment.tags[KIND_TAG] == TRAINING_KIND and NOTE_TAG in experiment.tags


def test_the_commit_and_whether_the_tree_has_changes(tmp_path):
    assert git_state(tmp_path) == {}
    (tmp_path / "a").write_text("a")
    for command in (
        ["init", "-q"],
        ["add", "a"],
        ["-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    assert git_state(tmp_path)["git_dirty"] == "false"
    assert len(git_state(tmp_path)["mlflow.source.git.commit"]) == 40
    (tmp_path / "a").write_text("b")
    assert git_state(tmp_path)["git_dirty"] == "true"


def test_a_copied_project_writes_its_artifacts_into_itself(log, loop, project, tmp_path):
    log(loop)
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    before = sorted((project / "data/mlflow/artifacts").rglob("*"))
    moved = replace(
        loop,
        key=LoopKey("of the copy", "classical", 7),
        reports=[copy / path.relative_to(project) for path in loop.reports],
    )
    settings = {
        "tracking_uri": "sqlite:///data/mlflow/mlflow.db",
        "experiment": "tests",
        "artifacts": "data/mlflow/artifacts",
    }
    run_id = log_loop(moved, "done", settings, copy)
    assert (copy / "data/mlflow/artifacts" / run_id / "artifacts/rounds.csv").is_file()
    assert sorted((project / "data/mlflow/artifacts").rglob("*")) == before


def test_figures_that_were_kept_are_logged_as_they_were_and_once(log, client, loop, project):
    keep_loop(loop, "done", project)
    settings = {
        "tracking_uri": "sqlite:///data/mlflow/mlflow.db",
        "experiment": "tests",
        "artifacts": "data/mlflow/artifacts",
    }
    assert hand_over(settings, project) == 1
    run_id = log(loop)
    assert curve(client, run_id, STUDENT_ACCURACY) == [(0, 0.4)]
    assert len(children(client, run_id)) == 1
