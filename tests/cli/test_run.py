"""`kedro run` as a person types it: each test starts the command in a small project."""

import pytest
from support.tiny_project import kedro, make_project

from libra_emo.cli.people.waiting import wait_option
from libra_emo.cli.run import run
from libra_emo.configuration.project_lock import lock_project


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path)


def test_every_option_of_kedros_own_command_is_there():
    from kedro.framework.cli.project import run as kedro_run

    assert run.params == [*kedro_run.params, wait_option]


def test_a_run_tells_each_node_and_nothing_else(project):
    done = kedro(project, "run", "--pipeline", "voting")
    (node,) = done.stderr.strip().splitlines()
    assert node.startswith("1 of 1  ask voters  ")
    assert done.stdout.strip() == ""
    assert (project / "data/04_feature/machine_votes.parquet").is_file()


@pytest.mark.parametrize(
    ("options", "status", "line"),
    [
        (
            ["--pipeline", "active_learning"],
            1,
            "machine_votes is missing: run `kedro run --pipeline voting` first",
        ),
        (
            ["--params", "voting.min_agreement=5"],
            1,
            "--params: voting.min_agreement: min_agreement 5 is above the number of voters (2)",
        ),
        (
            ["--pipeline", "votting"],
            1,
            "--pipeline votting: there is no such pipeline; did you mean voting?",
        ),
        (["--tags", "tel"], 1, "--tags tel: there is no such tag; did you mean tell?"),
        (["--nodes", "ask_voter"], 1, "--nodes ask_voter: there is no such node; did you mean"),
        (["--env", "papr"], 1, "there is no environment 'papr'; conf/ has base"),
    ],
)
def test_what_the_user_can_mend_is_one_line(project, options, status, line):
    done = kedro(project, "run", *options, check=False)
    assert done.returncode == status
    (written,) = done.stderr.strip().splitlines()
    assert written.startswith(line)


def test_a_run_that_needs_people_ends_with_status_3(project):
    done = kedro(project, "run", "--params", "annotators=people", check=False)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().splitlines()[-1] == "4 clips wait for people"


def test_a_table_that_breaks_its_schema_is_one_line_too(project):
    done = kedro(project, "run", "--params", "active_learning.patience=99", check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("round_1.parquet: RoundLabels: column")


def test_a_bug_keeps_its_traceback_and_names_the_node(project):
    done = kedro(project, "run", "--params", "active_learning.patience=98", check=False)
    assert done.returncode == 1
    assert "merge answers failed" in done.stderr
    assert "Traceback" in done.stderr
    assert done.stderr.strip().endswith("ZeroDivisionError: a bug")


def test_a_stage_whose_configuration_dvc_did_not_see_stops(project):
    done = kedro(project, "run", "--pipeline", "voting", check=False, DVC_STAGE="voting")
    assert done.returncode == 1
    assert "run `make run` (or `kedro reproduce`) instead of `dvc repro`" in done.stderr


def test_local_lies_on_top(project):
    (project / "conf/local").mkdir()
    (project / "conf/local/parameters.yml").write_text("voting: {min_agreement: 3}")
    done = kedro(project, "run", check=False)
    assert done.stderr.startswith("conf/local/parameters.yml: voting.min_agreement: ")


def test_a_second_run_ends_with_one_line_and_touches_nothing(project):
    with lock_project(project, "kedro reproduce"):
        # the test process holds the project; a run that it starts would work under its lock
        done = kedro(project, "run", check=False, LIBRA_EMO_RUN_TOKEN="of somebody else")
        assert done.returncode == 1
        (line,) = done.stderr.strip().splitlines()
        assert line.startswith("`kedro reproduce` (process ")
        assert not (project / "data/04_feature/machine_votes.parquet").exists()
    kedro(project, "run", "--pipeline", "voting")
