import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.deadly_calls import (
    die_of_three,
    hang_in_a_library,
    linger,
    raise_notes,
    write_slowly,
)

from libra_emo.execution import workers
from libra_emo.execution.workers import LocalExecutor, WorkerDied


def test_calls_run_in_other_processes():
    with LocalExecutor(2) as executor:
        processes = {call.result() for call in [executor.submit(linger, 0.2) for _ in range(2)]}
    assert os.getpid() not in processes


def test_processes_have_the_environment_of_their_start(monkeypatch):
    with LocalExecutor(1) as executor:
        assert executor.submit(os.getenv, "TEST_OF_WORKERS").result() is None
    monkeypatch.setenv("TEST_OF_WORKERS", "set")
    with LocalExecutor(1) as executor:
        assert executor.submit(os.getenv, "TEST_OF_WORKERS").result() == "set"


def test_modules_are_imported_once_for_all_processes():
    code = """
import sys
from libra_emo.execution.workers import LocalExecutor
with LocalExecutor(2, modules=["this_has_no_such_name", "colorsys"]) as executor:
    for _ in range(2):
        assert executor.submit(eval, "'colorsys' in __import__('sys').modules").result()
assert "colorsys" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_death_of_a_process_fails_its_call_alone():
    with LocalExecutor(1) as executor:
        calls = [executor.submit(die_of_three, number) for number in range(6)]
        with pytest.raises(WorkerDied, match="SIGSEGV"):
            calls[3].result()
        assert [call.result() for call in calls if call is not calls[3]] == [0, 1, 2, 4, 5]


def test_error_of_a_call_is_raised_with_its_trace():
    with LocalExecutor(1) as executor, pytest.raises(ValueError, match="no such span") as caught:
        executor.submit(linger, -1.0).result()
    assert "in a worker process" in caught.value.__notes__[0]


def test_result_that_cannot_be_pickled_is_an_error():
    with LocalExecutor(1) as executor, pytest.raises(TypeError, match="cannot be pickled"):
        executor.submit(raise_notes, 1).result()


def test_executor_that_was_shut_down_takes_no_call():
    executor = LocalExecutor(1)
    executor.shutdown()
    with pytest.raises(RuntimeError):
        executor.submit(linger, 0.0)


@pytest.mark.parametrize(("function", "left"), [(write_slowly, 0), (hang_in_a_library, 1)])
def test_a_call_that_is_given_up_removes_what_is_half_written(
    tmp_path, monkeypatch, function, left
):
    monkeypatch.setattr(workers, "ENDING_SECONDS", 1.0)
    executor = LocalExecutor(1)
    call = executor.submit(function, tmp_path)
    while not list(tmp_path.iterdir()):
        time.sleep(0.05)
    began = time.monotonic()
    executor.shutdown(wait=False, cancel_futures=True)
    assert time.monotonic() - began < 20
    assert isinstance(call.exception(), WorkerDied) and "SIG" in str(call.exception())
    assert len(list(tmp_path.iterdir())) == left


def test_all_who_wait_for_a_process_learn_how_it_ended():
    for _ in range(5):
        worker = workers._Worker()
        with ThreadPoolExecutor(8) as threads:
            waiting = [threads.submit(worker._wait_for_exit) for _ in range(8)]
            worker._process.kill()
            assert {call.result() for call in waiting} == {-signal.SIGKILL}
