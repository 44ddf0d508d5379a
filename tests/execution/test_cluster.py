import os

import pytest
from support.dask_cluster import start_cluster
from support.deadly_calls import die_after_first_result, linger

from libra_emo.execution.cluster import ClusterExecutor

distributed = pytest.importorskip("distributed")
SECONDS = 60


@pytest.fixture(scope="module")
def client():
    """A cluster within this process."""
    with start_cluster(workers=1, processes=False) as cluster:
        with distributed.Client(cluster) as client:
            yield client


def test_call_gives_its_result(client):
    with ClusterExecutor(client) as executor:
        assert executor.submit(int, "ff", base=16).result(SECONDS) == 255
        assert list(executor.map(abs, [-2, 1])) == [2, 1]


def test_error_is_the_callers(client):
    with ClusterExecutor(client) as executor:
        with pytest.raises(ValueError, match="no such span"):
            executor.submit(linger, -1).result(SECONDS)


def test_same_call_runs_each_time(client):
    with ClusterExecutor(client) as executor:
        first, second = (executor.submit(os.urandom, 8) for _ in range(2))
        assert first.result(SECONDS) != second.result(SECONDS)


def test_result_counts_though_its_worker_dies_when_it_is_fetched(client, monkeypatch):
    fetch = client._gather

    async def fetch_and_lose(*args, **named):
        result = await fetch(*args, **named)
        for state in client.futures.values():
            state.lose()
        return result

    monkeypatch.setattr(client, "_gather", fetch_and_lose)
    with ClusterExecutor(client) as executor:
        assert executor.submit(abs, -3).result(SECONDS) == 3
    with pytest.raises(TypeError):  # once this is mended, ours may go
        client.get_executor(pure=False).submit(abs, -4).result(SECONDS)


def test_result_that_is_lost_before_it_is_fetched_is_asked_for_again(client, monkeypatch):
    fetch, asked = client.scheduler.gather, []

    async def lose_once(keys):
        asked.append(keys)
        return {"status": "error", "keys": keys} if len(asked) == 1 else await fetch(keys=keys)

    monkeypatch.setattr(client.scheduler, "gather", lose_once, raising=False)
    with ClusterExecutor(client) as executor:
        assert executor.submit(abs, -5).result(SECONDS) == 5
    assert len(asked) == 2


def test_call_that_is_given_up_does_not_run(client, tmp_path):
    with ClusterExecutor(client) as executor:
        executor.submit(linger, 0.5)
        given_up = executor.submit((tmp_path / "ran").write_text, "it did")
        assert given_up.cancel()
        assert executor.submit(abs, -6).result(SECONDS) == 6
    assert given_up.cancelled()
    assert not (tmp_path / "ran").exists()


def test_executor_that_was_shut_down_takes_no_call(client):
    with ClusterExecutor(client) as executor:
        pass
    with pytest.raises(RuntimeError, match="shut down"):
        executor.submit(abs, 1)


@pytest.mark.slow
def test_worker_that_dies_with_its_results_costs_none(tmp_path):
    places = [tmp_path / f"{number}" for number in range(6)]
    with start_cluster(deaths=99) as cluster:
        with distributed.Client(cluster) as client, ClusterExecutor(client) as executor:
            calls = [executor.submit(die_after_first_result, place) for place in places]
            assert [call.result(SECONDS) for call in calls] == [place.name for place in places]
