"""Two callers that share nothing but a ledger in PostgreSQL, killed again and again."""

import os
import random
import time
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from support import llm_voting
from support.killing import start_run
from support.llm_clips import make_shards
from support.llm_voting import NAMES, answer_by_clip, options, voter
from support.openai_server import Arrived, Behaviour, serving
from support.postgres import postgres_url  # noqa: F401 - a fixture

from libra_emo.llm.ledger.ledger import Ledger

pytestmark = [pytest.mark.slow, pytest.mark.postgres]
CLIPS, AT_ONCE = 60, 4
KILLS = int(os.environ.get("LIBRA_EMO_TEST_KILLS", "5"))
COST_USD = 0.0034 + 0.0002  # 1,700 tokens of a question and 20 of an answer at the test's prices


def answer(number: int, arrived: Arrived) -> Behaviour:
    """Answer by the clip's number; each answer costs the same."""
    return Behaviour(text=answer_by_clip(number, arrived).text or "sad;x", usage=(1700, 20))


class Callers:
    """Two callers, each with a folder of its own."""

    def __init__(self, url: str, shards: Path, folder: Path, clips: int) -> None:
        self.url, self.shards, self.folder, self.clips = url, shards, folder, clips

    def start(self, number: int, server: str, **more: Any) -> BaseProcess:
        home = self.folder / f"machine-{number}"
        home.mkdir(exist_ok=True)
        voters = [voter(server, name, calls_at_once=AT_ONCE, timeout_seconds=120) for name in NAMES]
        voting = options(server, voters, **more)
        arguments = {
            "voting": voting.model_dump(mode="json", exclude_unset=True),
            "shards": str(self.shards),
            "ledger": str(home / "answers.sqlite"),
            "url": self.url,
            "count": self.clips,
            "output": str(home / "votes.parquet"),
            "rules": str(home / "rules.csv"),
        }
        return start_run(llm_voting.main, arguments, home / "errors.txt")

    def votes(self, number: int) -> pd.DataFrame:
        return pd.read_parquet(self.folder / f"machine-{number}/votes.parquet")

    def open_ledger(self) -> Ledger:
        return Ledger(self.folder / "reader/answers.sqlite", self.url)


@pytest.fixture
def callers(postgres_url: str, tmp_path: Path) -> Callers:  # noqa: F811
    clips = CLIPS * max(1, KILLS // 4)
    make_shards(tmp_path / "shards", clips)
    return Callers(postgres_url, tmp_path / "shards", tmp_path, clips)


def test_killed_many_times_nothing_is_asked_twice_but_what_was_in_flight(callers: Callers) -> None:
    needed, chance = 3 * callers.clips, random.Random(7)
    goals = sorted(chance.uniform(0, 0.95 * needed) for _ in range(KILLS))
    with serving(answer, latency_s=0.2, check=False) as server:
        runs = [callers.start(number, server.url) for number in (0, 1)]
        killed = 0
        for goal in goals:
            while len(server.answered) < goal and any(run.is_alive() for run in runs):
                time.sleep(0.005)
            number = chance.randrange(2)
            killed += int(runs[number].is_alive())
            runs[number].kill()
            runs[number].join()
            runs[number] = callers.start(number, server.url)
        for run in runs:
            run.join(600)
            assert run.exitcode == 0
        answered = len(server.answered)
    with callers.open_ledger() as ledger:
        (lost,) = ledger.read("SELECT COUNT(*) FROM reservations")[0]
        kept, money = len(list(ledger.answers())), ledger.money("voting")
    account = answered * COST_USD
    counts = f"{killed} kills: needed {needed}, answered {answered}, lost {lost}, {money}"
    print(counts, f"account {account:.4f}")  # noqa: T201 - shown with -rP
    assert killed >= KILLS - 1 and kept == needed, counts
    assert 0 <= answered - needed <= lost <= 3 * AT_ONCE * killed, counts
    assert money.spent_usd == pytest.approx(kept * COST_USD) and money.in_flight_usd == 0, counts
    assert money.spent_usd <= account <= money.spent_usd + lost * COST_USD + 1e-9, counts
    names = ["clip_id", "voter", "label", "status", "reply"]
    pd.testing.assert_frame_equal(callers.votes(0)[names], callers.votes(1)[names])


def test_the_ceiling_holds_across_both(callers: Callers) -> None:
    ceiling = 0.5 * 3 * callers.clips * COST_USD
    with serving(answer, latency_s=0.05, check=False) as server:
        runs = [callers.start(number, server.url, max_cost_usd=ceiling) for number in (0, 1)]
        for run in runs:
            run.join(600)
        answered = len(server.answered)
    with callers.open_ledger() as ledger:
        money = ledger.money("voting")
    assert money.committed_usd <= ceiling
    assert money.spent_usd == pytest.approx(answered * COST_USD)
    assert answered * COST_USD <= ceiling
    assert answered * COST_USD > 0.8 * ceiling
