"""Requests spread over processes, of which some die; the processes are played by the test."""

from concurrent.futures import Future

import pytest
from support.tiny_training import options

from libra_emo.execution.workers import WorkerDied
from libra_emo.students import StudentError
from libra_emo.students.multimodal.inference import processes


class Pool:
    """Answers each request with its id; the parts in `deaths` die so many times before."""

    def __init__(self, deaths):
        self.deaths = dict(deaths)
        self.started = []

    def __call__(self, workers):
        self.workers = workers
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def submit(self, _function, _task, number, _options, _weights, rows, _folder):
        self.started.append(number)
        future = Future()
        if self.deaths.get(number, 0) > 0:
            self.deaths[number] -= 1
            future.set_exception(WorkerDied("a worker process ended by signal SIGKILL"))
        else:
            future.set_result([row["clip_id"] for row in rows])
        return future


def run(monkeypatch, tmp_path, pool, clips=5, count=2):
    monkeypatch.setattr(processes, "LocalExecutor", pool)
    rows = [{"clip_id": f"clip{number}"} for number in range(clips)]
    chosen = options().model_copy(update={"predict_processes": count})
    return processes.run_in_processes(None, chosen, tmp_path, rows, tmp_path)


def test_outputs_are_in_the_order_of_the_requests(monkeypatch, tmp_path):
    pool = Pool({})
    assert run(monkeypatch, tmp_path, pool) == [f"clip{number}" for number in range(5)]
    assert pool.workers == 2 and pool.started == [0, 1]


def test_there_are_no_more_processes_than_requests(monkeypatch, tmp_path):
    pool = Pool({})
    assert run(monkeypatch, tmp_path, pool, clips=2, count=4) == ["clip0", "clip1"]
    assert pool.workers == 2


def test_the_requests_of_a_process_that_died_are_done_once_more(monkeypatch, tmp_path):
    pool = Pool({1: 1})
    assert run(monkeypatch, tmp_path, pool) == [f"clip{number}" for number in range(5)]
    assert pool.started == [0, 1, 1]


def test_a_second_death_is_an_error_that_says_what_to_do(monkeypatch, tmp_path):
    with pytest.raises(StudentError, match=r"died twice .*SIGKILL.*lower training\.multimodal"):
        run(monkeypatch, tmp_path, Pool({0: 2}))
