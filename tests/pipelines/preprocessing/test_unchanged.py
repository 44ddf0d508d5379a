from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, get_ident

import pytest

from libra_emo.execution.executors import usable_cores
from libra_emo.pipelines.preprocessing.unchanged import find_all, map_uncached


def test_only_what_is_not_cached_is_computed_and_the_order_stays():
    asked = []

    def double(number):
        asked.append(number)
        return 2 * number

    with ThreadPoolExecutor(2) as pool:
        results = map_uncached(pool, double, [1, 2, 3, 4], [None, 40, None, 80], "numbers")
    assert results == [2, 40, 6, 80]
    assert sorted(asked) == [1, 3]


@pytest.mark.parametrize("number", [0, 1, 2, 31, 32, 33, 500, 5000])
def test_each_task_is_looked_up_once_and_the_order_stays(number):
    asked = []

    def find(task):
        asked.append(task)
        return None if task % 3 else -task

    assert find_all(find, range(number)) == [None if task % 3 else -task for task in range(number)]
    assert sorted(asked) == list(range(number))


def test_few_tasks_that_wait_for_a_server_wait_at_once():
    number = usable_cores() + 4
    met = Barrier(number, timeout=60)
    assert len(set(find_all(lambda task: (met.wait(), get_ident())[1], range(number)))) == number


def test_an_error_of_one_look_up_is_raised():
    with pytest.raises(ZeroDivisionError):
        find_all(lambda task: 1 // (task - 40), range(100))
