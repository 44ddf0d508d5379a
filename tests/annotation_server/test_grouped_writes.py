"""Changes that come together share a transaction, and a bad one costs only itself."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from libra_emo.annotation.database.tables import SERVER_SECRETS
from libra_emo.annotation.store import VoteStore, VoteStoreError
from libra_emo.annotation_server.grouped_writes import GroupedWrites


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(tmp_path, request):
    postgres = request.param == "postgres"
    url = request.getfixturevalue("postgres_url") if postgres else f"sqlite:///{tmp_path}/v.sqlite"
    return VoteStore(url)


def add(name):
    def change(connection):
        connection.execute(sa.insert(SERVER_SECRETS).values(name=name, value=""))
        return name

    return change


def map_add(names):
    return [add(name) for name in names]


def read_names(store):
    with store.reading() as connection:
        return sorted(connection.execute(sa.select(SERVER_SECRETS.c.name)).scalars())


def run_together(writes, changes, campaigns=()):
    """Let changes wait while the first one is worked on; return what came of each."""
    first, started = threading.Event(), threading.Event()

    def begin(connection):
        started.set()
        assert first.wait(60)

    def outcome(change):
        try:
            return writes.run(change, campaigns)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(changes) + 1) as pool:
        busy = pool.submit(writes.run, begin)
        assert started.wait(60)
        waiting = [pool.submit(outcome, change) for change in changes]
        while len(writes._waiting) < len(changes):
            pass
        first.set()
        busy.result()
        return [each.result() for each in waiting]


def test_what_waits_shares_a_transaction(store, monkeypatch):
    writes = GroupedWrites(store)
    begun = []
    monkeypatch.setattr(store, "writing", lambda: begun.append(1) or VoteStore.writing(store))
    names = [f"name {number}" for number in range(5)]
    assert sorted(run_together(writes, map_add(names), ["bench"])) == names
    assert read_names(store) == names
    assert len(begun) == 2


def test_a_change_that_fails_costs_only_itself(store):
    writes = GroupedWrites(store)
    changes = map_add(["a", "b", "b", "c"])
    found = run_together(writes, changes)
    assert {name for name in found if isinstance(name, str)} == {"a", "b", "c"}
    assert sum(isinstance(each, VoteStoreError) for each in found) == 1
    assert read_names(store) == ["a", "b", "c"]


def test_nothing_is_confirmed_that_is_not_committed(store, monkeypatch):
    writes = GroupedWrites(store)

    @contextmanager
    def torn():
        with VoteStore.writing(store) as connection:
            yield connection
            raise VoteStoreError("the disk is full")

    monkeypatch.setattr(store, "writing", torn)
    for _ in range(2):
        with pytest.raises(VoteStoreError):
            writes.run(add("a"))
    monkeypatch.undo()
    assert read_names(store) == []
    assert writes.run(add("a")) == "a"
    assert read_names(store) == ["a"]
