import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from libra_emo.configuration.project_lock import (
    RUN_TOKEN,
    ProjectBusyError,
    find_holder,
    lock_project,
)

HOLD = """
import sys
from pathlib import Path
from libra_emo.configuration.project_lock import lock_project
with lock_project(Path(sys.argv[1]), sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holding(project, command="kedro run", **environment):
    """Give a process that holds the project, and end it by SIGKILL."""
    started = [sys.executable, "-c", HOLD, str(project), command]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(started, env={**os.environ, **environment}, **pipes) as process:
        try:
            assert process.stdout.readline() == b"held\n", process.stderr.read().decode()
            yield process
        finally:
            process.send_signal(signal.SIGKILL)


def test_a_second_run_is_refused_with_who_and_since_when(tmp_path):
    with holding(tmp_path) as first:
        with pytest.raises(ProjectBusyError) as refused, lock_project(tmp_path, "kedro run"):
            pass
    message = str(refused.value)
    assert f"`kedro run` (process {first.pid} on " in message
    assert " UTC) works on this project; wait until it has ended" in message
    assert len(message.splitlines()) == 1


def test_a_killed_holder_holds_nothing(tmp_path):
    with holding(tmp_path) as first:
        assert find_holder(tmp_path).process == first.pid
    with lock_project(tmp_path, "kedro reproduce"):
        assert find_holder(tmp_path).command == "kedro reproduce"
    assert find_holder(tmp_path) is None


def test_a_block_inside_a_block_holds_it_once(tmp_path):
    with lock_project(tmp_path, "kedro reproduce"):
        with lock_project(tmp_path, "kedro run"):
            assert find_holder(tmp_path).command == "kedro reproduce"
        assert find_holder(tmp_path).command == "kedro reproduce"
    assert find_holder(tmp_path) is None


def test_it_ends_with_an_error_too_and_leaves_no_token(tmp_path):
    with pytest.raises(ZeroDivisionError), lock_project(tmp_path, "kedro run"):
        assert RUN_TOKEN in os.environ
        raise ZeroDivisionError
    assert RUN_TOKEN not in os.environ
    assert find_holder(tmp_path) is None
    assert [path.name for path in (tmp_path / "data").iterdir()] == [".run.lock"]


def test_what_a_holder_started_works_under_its_lock_one_at_a_time(tmp_path):
    with lock_project(tmp_path, "kedro reproduce"):  # the token is in the environment now
        with holding(tmp_path, "first stage"):
            with pytest.raises(AssertionError, match=r"first stage.* works on this project"):
                with holding(tmp_path, "second stage"):
                    pass
        with holding(tmp_path, "next stage"):
            pass


def test_a_stage_that_outlives_its_run_is_seen(tmp_path):
    with lock_project(tmp_path, "kedro reproduce"):
        stage = holding(tmp_path, "kedro run --pipeline voting")
        process = stage.__enter__()
    with pytest.raises(ProjectBusyError, match=f"process {process.pid} "):
        with lock_project(tmp_path, "kedro run"):
            pass
    stage.__exit__(None, None, None)
    with lock_project(tmp_path, "kedro run"):
        pass


def test_a_stage_whose_run_has_ended_holds_the_project_itself(tmp_path):
    with holding(tmp_path, **{RUN_TOKEN: "of a run that was killed"}) as stage:
        with pytest.raises(ProjectBusyError, match=f"process {stage.pid} "):
            with lock_project(tmp_path, "kedro run"):
                pass


def test_a_copied_project_is_not_held(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/.run.lock").touch()
    holder = {"command": "kedro run", "process": 1, "machine": "m", "since": "s", "token": "t"}
    (tmp_path / "data/.run.json").write_text(json.dumps(holder))
    assert find_holder(tmp_path) is None
    with lock_project(tmp_path, "kedro run"):
        pass


def test_two_links_to_the_same_data_are_one_project(tmp_path):
    (tmp_path / "disk").mkdir()
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data").symlink_to(tmp_path / "disk")
    with holding(tmp_path / "first"):
        with pytest.raises(ProjectBusyError), lock_project(tmp_path / "second", "kedro run"):
            pass


def test_a_holder_whose_name_is_damaged_is_still_one(tmp_path):
    with holding(tmp_path):
        (tmp_path / "data/.run.json").write_bytes(b"\0" * 20)
        with pytest.raises(ProjectBusyError, match="another run works on this project"):
            with lock_project(tmp_path, "kedro run"):
                pass
