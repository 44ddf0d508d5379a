import multiprocessing
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.dask_cluster import start_cluster
from support.deadly_calls import die_of_three, die_once, linger, raise_notes

from libra_emo.execution.executors import ExecutorError, map_in_order, open_executor


def test_death_of_a_worker_costs_its_own_item_alone(caplog):
    with open_executor("local:2") as executor:
        results = map_in_order(
            executor,
            die_of_three,
            [1, 2, 3, 4, 5, 6],
            "films",
            name="film {}".format,
            give_up=lambda item: f"given up {item}",
        )
    assert results == [1, 2, "given up 3", 4, 5, 6]
    messages = [record.getMessage() for record in caplog.records]
    assert messages == ["film 3: a worker process ended by signal SIGSEGV"] * 2


def test_item_is_tried_again_alone_when_its_worker_died(tmp_path):
    with open_executor("local:2") as executor:
        results = map_in_order(
            executor, die_once, [tmp_path / f"{n}" for n in range(3)], "films", give_up=str
        )
    assert results == ["0", "1", "2"]
    assert (tmp_path / "1").read_text() == "done, the last of 3"


def test_item_without_give_up_ends_the_run():
    with pytest.raises(ExecutorError, match="died on 3, and on 0 more of 2"):
        with open_executor("local:1") as executor:
            map_in_order(executor, die_of_three, [3, 4], "films")


def test_death_of_everything_is_not_the_items_fault():
    with pytest.raises(ExecutorError, match="lack of memory"), open_executor("local:1") as executor:
        map_in_order(executor, die_of_three, [3, 3], "films", give_up=lambda item: 0)


def test_single_item_may_be_given_up():
    with open_executor("local:1") as executor:
        assert map_in_order(executor, die_of_three, [3], "films", give_up=str) == ["3"]


def test_error_of_an_item_keeps_its_trace():
    with pytest.raises(ZeroDivisionError) as caught, open_executor("local:1") as executor:
        map_in_order(executor, (1).__floordiv__, [0], "numbers")
    assert "in a worker process" in caught.value.__notes__[0]


def test_result_that_cannot_be_pickled_is_an_error():
    with pytest.raises(TypeError, match="cannot be pickled"):
        with open_executor("local:1") as executor:
            map_in_order(executor, raise_notes, [1], "numbers")


def test_failure_ends_what_is_at_work():
    begun = time.monotonic()
    with pytest.raises(ValueError), open_executor("local:2") as executor:
        map_in_order(executor, linger, [60.0, -1.0], "films")
    assert time.monotonic() - begun < 30
    assert not multiprocessing.active_children()


def test_worker_that_dies_while_it_rests_costs_nothing():
    with open_executor("local:1") as executor:
        (first,) = map_in_order(executor, linger, [0.0], "films")
        os.kill(first, signal.SIGKILL)
        time.sleep(0.3)
        (second,) = map_in_order(executor, linger, [0.0], "films")
    assert first != second


def test_long_films_are_begun_first():
    began = []
    with ThreadPoolExecutor(1) as executor:
        done = map_in_order(
            executor, lambda item: began.append(item) or item, [1, 3, 2], "films",
            film_seconds=float,
        )  # fmt: skip
    assert began == [3, 2, 1]
    assert done == [1, 3, 2]


@pytest.mark.slow
def test_death_of_a_worker_costs_its_own_item_alone_on_dask(tmp_path):
    with start_cluster() as cluster:
        with open_executor(cluster.scheduler_address) as executor:
            numbers = [1, 2, 3, 4, 5, 6]
            done = map_in_order(executor, die_of_three, numbers, "films", give_up=str)
            once = [tmp_path / f"{number}" for number in range(3)]
            again = map_in_order(executor, die_once, once, "films", give_up=str)
        with pytest.raises(ZeroDivisionError), open_executor(cluster.scheduler_address) as executor:
            map_in_order(executor, (1).__floordiv__, [0], "numbers")
    assert done == [1, 2, "3", 4, 5, 6]
    assert again == ["0", "1", "2"]


def test_item_that_takes_too_long_is_given_up_and_the_others_are_kept(caplog):
    begun = time.monotonic()
    with open_executor("local:2") as executor:
        results = map_in_order(
            executor,
            linger,
            [0.0, 600.0, 0.1],
            "films",
            name="film {}".format,
            give_up=lambda item: "died",
            limit_seconds=lambda item: 20.0 if item < 1 else 1.0,
            give_up_late=lambda item: "late",
        )
    assert time.monotonic() - begun < 60
    assert results[1] == "late"
    assert isinstance(results[0], int)
    assert isinstance(results[2], int)
    messages = [record.getMessage() for record in caplog.records]
    assert messages == ["film 600.0: it took longer than its limit of 1 s"]
    assert not multiprocessing.active_children()


def test_item_that_takes_too_long_and_cannot_be_given_up_ends_the_run():
    with pytest.raises(ExecutorError, match=r"600\.0 took longer than its limit"):
        with open_executor("local:1") as executor:
            map_in_order(executor, linger, [600.0], "films", limit_seconds=lambda item: 1.0)


def test_threads_have_no_limit():
    with ThreadPoolExecutor(1) as executor:
        (pid,) = map_in_order(executor, linger, [0.3], "films", limit_seconds=lambda item: 0.01)
    assert pid == os.getpid()
