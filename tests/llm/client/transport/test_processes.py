import os
import signal
from pathlib import Path

import pytest
from support.llm_clips import make_shards
from support.llm_questions import model_settings, questions
from support.openai_server import KEY, Arrived, Behaviour, serving

from libra_emo.llm.client.ask import Client
from libra_emo.llm.client.settings import Tally, ignore_progress
from libra_emo.llm.client.transport.ipc import TransportLost
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.media.shards import ShardReader

COUNT = 16


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> ShardReader:
    return make_shards(tmp_path_factory.mktemp("shards"), COUNT)


def ask(
    path: Path, models: list[object], processes: int, on_progress: object = None
) -> dict[str, Tally]:
    with Ledger(path) as ledger:
        client = Client(
            ledger,
            "voting",
            100.0,
            lambda: "now",
            on_progress=on_progress or ignore_progress,
            processes=processes,
        )
        return client.ask(models)  # type: ignore[arg-type]


def test_other_processes_send_the_same_and_bring_the_same(
    tmp_path: Path, source: ShardReader
) -> None:
    found = {}
    for processes in (1, 2):
        with serving() as server:
            settings = model_settings(server.url)
            path = tmp_path / f"{processes}.sqlite"
            tally = ask(path, [(settings, questions(source, settings, COUNT))], processes)["one"]
            assert (tally.answered, tally.failed, tally.stopped) == (COUNT, 0, None)
            assert {arrived.key for arrived in server.arrived} == {KEY}
            assert all(arrived.pictures == [(96, 64)] * 16 for arrived in server.arrived)
            sent = sorted(arrived.digest for arrived in server.arrived)
        with Ledger(path) as ledger:
            rows = [(row.key, row.asked, row.reply, row.cost_usd) for row in ledger.answers()]
        found[processes] = sent, rows
    assert found[1] == found[2]


def test_failures_come_through_the_connection(tmp_path: Path, source: ShardReader) -> None:
    def plan(number: int, arrived: Arrived) -> Behaviour:
        if arrived.model == "bad":
            return Behaviour("status", status=401, error={"message": "no"})
        if number in (3, 5):
            return Behaviour("status", status=500, error={"message": "later"})
        return Behaviour()

    with serving(plan) as server:
        good, bad = (
            model_settings(server.url, "good"),
            model_settings(server.url, "bad", model="openai/bad"),
        )
        models = [(settings, questions(source, settings, COUNT)) for settings in (good, bad)]
        tallies = ask(tmp_path / "a.sqlite", models, 2)
    assert tallies["good"].answered == COUNT
    assert str(tallies["bad"].stopped).startswith("the key is missing or wrong")


def children(parent: int | str = "self") -> list[int]:
    tasks = Path(f"/proc/{parent}/task").iterdir()
    return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]


def test_a_calling_process_that_dies_ends_the_run_and_loses_no_answer(
    tmp_path: Path, source: ShardReader
) -> None:
    path, seen, before = tmp_path / "a.sqlite", [], set(children())

    def kill_one(name: str, tally: Tally, money: object) -> None:
        seen.append(tally.answered)
        if len(seen) == 4:
            (program,) = set(children()) - before
            os.kill(children(program)[0], signal.SIGKILL)

    with serving(latency_s=0.05) as server:
        settings = model_settings(server.url, calls_at_once=4)
        with pytest.raises(TransportLost, match="has ended"):
            ask(path, [(settings, questions(source, settings, COUNT))], 2, kill_one)
        assert set(children()) <= before, "the other one ends too"
        kept = len(server.answered)
        tally = ask(path, [(settings, questions(source, settings, COUNT))], 2)["one"]
        assert tally.known >= 4 and tally.known + tally.answered == COUNT
        assert len(server.answered) <= kept + tally.answered
