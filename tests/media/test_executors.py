import math
import operator
import os

import pytest

from libra_emo.media.executors import ExecutorError, map_in_order, open_executor, usable_cores


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
        assert executor._max_workers == usable_cores()


def test_error_of_an_item_is_the_callers():
    with pytest.raises(ZeroDivisionError), open_executor("local:1") as executor:
        map_in_order(executor, (1).__truediv__, [1, 2], "numbers")
        map_in_order(executor, (1).__floordiv__, [0], "numbers")


def test_dying_worker_is_told():
    with pytest.raises(ExecutorError, match="0 of 1 films"), open_executor("local:1") as executor:
        map_in_order(executor, os._exit, [3], "films")


def test_nothing_to_do_is_done():
    with open_executor("local:1") as executor:
        assert map_in_order(executor, math.factorial, [], "numbers") == []


@pytest.mark.parametrize("spec", ["", "locale", "local:0", "local:-1", "local:x", "somewhere"])
def test_unknown_executor_is_named(spec):
    with pytest.raises(ExecutorError, match="executor"), open_executor(spec):
        pass


@pytest.mark.slow
def test_scheduler_that_does_not_answer_is_named():
    with pytest.raises(ExecutorError, match=r"executor: .*127\.0\.0\.1:1"):
        with open_executor("tcp://127.0.0.1:1"):
            pass


@pytest.mark.slow
def test_dask_gives_the_same_results():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        with open_executor(cluster.scheduler_address) as executor:
            results = map_in_order(executor, abs, [-3, 2, -1], "numbers")
    assert results == [3, 2, 1]
