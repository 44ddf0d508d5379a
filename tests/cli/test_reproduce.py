"""`kedro reproduce` and what DVC records: commands in a small project with a repository."""

import pytest
from support.tiny_project import add_dvc, call, dvc, kedro, make_project

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    add_dvc(make_project(folder))
    return folder


def ran(done):
    lines = done.stdout.splitlines()
    return [line.split("'")[1] for line in lines if line.startswith("Running stage")]


def test_only_what_is_missing_or_stale_is_done_again(project):
    assert ran(kedro(project, "reproduce")) == ["voting", "label_round@1", "tell"]
    assert ran(kedro(project, "reproduce")) == []
    (project / "conf/local").mkdir()
    (project / "conf/local/parameters.yml").write_text("active_learning: {patience: 5}")
    assert ran(kedro(project, "reproduce")) == ["label_round@1"]
    assert "up to date" in dvc(project, "status").stdout
    # parameters of the command line and the environment reach the stages too
    assert ran(kedro(project, "reproduce", "--params", "seed=9")) == ["voting", "label_round@1"]
    (project / "conf/paper").mkdir()
    (project / "conf/paper/parameters.yml").write_text("seed: 9")
    assert ran(kedro(project, "reproduce", "--env", "paper")) == []


def test_a_dry_run_names_what_would_be_done_and_does_nothing(project):
    def dry_run(*options):
        return kedro(project, "reproduce", "--dry-run", *options).stdout.splitlines()

    stages = ["voting", "label_round@1", "tell"]
    assert dry_run() == [f"{name}: never run" for name in stages]
    assert not (project / "data/02_intermediate/configuration.yml").exists()
    kedro(project, "reproduce")
    assert dry_run() == []
    assert dry_run("tell", "--params", "active_learning.patience=5") == [
        "label_round@1: parameter active_learning.patience changed",
        "tell: after label_round@1",
    ]
    code = project / "src/tiny/pipeline_registry.py"
    code.write_text(code.read_text().replace('"label": ["sad"]', '"label": ["happy"]'))
    assert dry_run() == [
        "label_round@1: code changed (tiny.pipeline_registry)",
        "tell: after label_round@1",
    ]
    assert ran(kedro(project, "reproduce")) == ["label_round@1", "tell"]


def test_a_stop_for_people_is_status_3_and_told_last(project):
    done = kedro(project, "reproduce", "--params", "annotators=people", check=False)
    assert done.returncode == 3
    assert done.stderr.strip().splitlines()[-1] == "4 clips wait for people"
    assert "Traceback" not in done.stderr
    assert (project / "data/04_feature/machine_votes.parquet").is_file()


def test_a_dry_run_is_refused_before_dvc_removes_anything(project):
    kedro(project, "reproduce")
    done = kedro(project, "reproduce", "--params", "training.dry_run=true", check=False)
    assert done.returncode == 1
    assert "kedro run --pipeline training" in done.stderr and "Traceback" not in done.stderr
    assert (project / "data/04_feature/machine_votes.parquet").is_file()


def test_a_stage_with_a_bug_fails_with_its_traceback(project):
    done = kedro(project, "reproduce", "--params", "active_learning.patience=98", check=False)
    assert done.returncode not in (0, 3)
    assert "ZeroDivisionError: a bug" in done.stderr


def test_a_plain_run_is_recorded_and_pulled_elsewhere_round_by_round(project, tmp_path):
    kedro(project, "run", "--pipeline", "voting")
    kedro(project, "run", "--pipeline", "active_learning")
    assert "up to date" in dvc(project, "status").stdout
    dvc(project, "remote", "add", "-d", "store", str(tmp_path / "store"))
    dvc(project, "push")
    call(project, "git", "add", "-A")
    call(project, "git", "commit", "-qm", "Run")
    call(tmp_path, "git", "clone", "-q", "project", "clone")
    clone = tmp_path / "clone"
    dvc(clone, "pull", "label_round@1")
    data = {p.relative_to(clone).as_posix() for p in (clone / "data").rglob("*") if p.is_file()}
    assert data == {
        "data/05_model_input/labels/round_1.parquet",
        "data/08_reporting/history.csv",  # git's own
    }


def test_a_run_that_ends_early_records_what_was_complete(project):
    kedro(project, "run", "--params", "annotators=people", check=False)
    assert "  voting:" in (project / "dvc.lock").read_text()
    assert "label_round" not in (project / "dvc.lock").read_text()


def test_a_project_that_was_unpacked_and_not_cloned_works(tmp_path):
    folder = tmp_path / "unpacked"
    folder.mkdir()
    add_dvc(make_project(folder))
    call(folder, "rm", "-rf", ".git")
    assert ran(kedro(folder, "reproduce")) == ["voting", "label_round@1", "tell"]
    assert ran(kedro(folder, "reproduce")) == []
