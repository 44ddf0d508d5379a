import math
import operator
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.dask_cluster import start_cluster

from libra_emo.execution import executors
from libra_emo.execution.executors import ExecutorError, map_in_order, open_executor, usable_cores


def test_results_come_in_the_order_of_the_items():
    with open_executor("local:2") as executor:  # the first item is done last
        results = map_in_order(executor, math.factorial, [30_000, 3, 2, 1, 4], "numbers")
    assert results[1:] == [6, 2, 1, 24]
    assert results[0].bit_length() > 1000


def test_work_is_done_in_other_processes():
    with open_executor("local:1") as executor:
        (process,) = map_in_order(executor, operator.call, [os.getpid], "numbers")
    assert process != os.getpid()


def test_local_is_a_process_for_each_usable_core():
    assert usable_cores() >= 1
    with open_executor("local") as executor:
        assert executor.workers == usable_cores()


def test_error_of_an_item_is_the_callers():
    with pytest.raises(ZeroDivisionError), open_executor("local:1") as executor:
        map_in_order(executor, (1).__truediv__, [1, 2], "numbers")
        map_in_order(executor, (1).__floordiv__, [0], "numbers")


def test_nothing_to_do_is_done():
    with open_executor("local:1") as executor:
        assert map_in_order(executor, math.factorial, [], "numbers") == []


@pytest.mark.parametrize("spec", ["", "locale", "local:0", "local:-1", "local:x", "somewhere"])
def test_unknown_executor_is_named(spec):
    with pytest.raises(ExecutorError, match="executor"), open_executor(spec):
        pass


def test_scheduler_that_does_not_answer_is_named(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(executors, "CONNECT_SECONDS", 0.5)
    with pytest.raises(ExecutorError, match=r"executor: .*127\.0\.0\.1:1"):
        with open_executor("tcp://127.0.0.1:1"):
            pass


@pytest.mark.slow
def test_dask_gives_the_same_results():
    with start_cluster(workers=1) as cluster:
        with open_executor(cluster.scheduler_address) as executor:
            results = map_in_order(executor, abs, [-3, 2, -1], "numbers")
    assert results == [3, 2, 1]


STARTS_A_WORKER = """
import os, sys, time
from libra_emo.execution import executors
from libra_emo.execution.executors import open_executor

if __name__ == "__main__":
    with open_executor("local:1") as executor:
        print(executor.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""


def test_workers_end_when_their_parent_is_killed(tmp_path):
    script = tmp_path / "starts_a_worker.py"
    script.write_text(STARTS_A_WORKER, encoding="utf-8")
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    for _ in range(100):
        if not Path(f"/proc/{worker}").exists():
            return
        time.sleep(0.1)
    pytest.fail("the worker goes on without its parent")
