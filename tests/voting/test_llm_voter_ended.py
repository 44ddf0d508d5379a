"""A vote by models that is ended in the middle, by Ctrl-C or a kill, and gone on with."""

import os
import signal
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pandas as pd
import pytest
from support import llm_voting
from support.killing import kill_and_resume, open_calls, processes_of, start_run
from support.llm_clips import make_shards
from support.llm_voting import NAMES, answer_by_clip, options, voter
from support.openai_server import KEY, serving

from libra_emo.llm.ledger.ledger import Ledger

pytestmark = pytest.mark.slow
CLIPS, AT_ONCE = 500, 4


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shards")
    make_shards(folder, CLIPS)
    return folder


def start(shards: Path, folder: Path, url: str, count: int, processes: int) -> BaseProcess:
    patient = {"calls_at_once": AT_ONCE, "timeout_seconds": 120}  # however busy a neighbour is
    voters = [voter(url, name, **patient) for name in NAMES]
    voting = options(url, voters, processes=processes)
    arguments = {
        "voting": voting.model_dump(mode="json", exclude_unset=True),
        "shards": str(shards),
        "ledger": str(folder / "answers.sqlite"),
        "count": count,
        "output": str(folder / "votes.parquet"),
        "rules": str(folder / "rules.csv"),
    }
    return start_run(llm_voting.main, arguments, folder / "errors.txt")


@pytest.fixture(scope="module")
def calm(shards: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a vote that nobody disturbed."""
    folder = tmp_path_factory.mktemp("calm")
    with serving(answer_by_clip, check=False) as server:
        run = start(shards, folder, server.url, CLIPS, 1)
        run.join(600)
        assert run.exitcode == 0 and len(server.answered) == 3 * CLIPS
    return folder


def comparable(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "votes.parquet").drop(columns=["seconds", "cost_usd"])


@pytest.mark.parametrize(("processes", "kills"), [(1, 20), (2, 6)])
def test_killed_many_times_nothing_is_asked_twice_but_what_was_in_flight(
    shards: Path, calm: Path, tmp_path: Path, processes: int, kills: int
) -> None:
    needed = 3 * CLIPS
    with serving(answer_by_clip, latency_s=0.1, check=False) as server:

        def again() -> BaseProcess:
            return start(shards, tmp_path, server.url, CLIPS, processes)

        ledger = tmp_path / "answers.sqlite"
        in_flight = kill_and_resume(server, again, ledger, needed, kills)
        answered = len(server.answered)
    counts = f"needed {needed}, answered {answered}, in flight at the kills {in_flight}"
    print(counts)  # noqa: T201 - shown with -rP
    assert 0 <= answered - needed <= sum(in_flight), counts
    assert max(in_flight) <= 3 * AT_ONCE and sum(in_flight) > kills, counts
    pd.testing.assert_frame_equal(comparable(tmp_path), comparable(calm))
    assert (tmp_path / "rules.csv").read_bytes() == (calm / "rules.csv").read_bytes()
    assert processes_of(tmp_path / "errors.txt") == [], "those that made calls have ended too"
    for file in tmp_path.iterdir():
        assert file.is_dir() or KEY.encode() not in file.read_bytes()


@pytest.mark.parametrize("processes", [1, 2])
def test_ctrl_c_ends_within_two_seconds_and_keeps_what_was_answered(
    shards: Path, tmp_path: Path, processes: int
) -> None:
    took = []
    for attempt in range(3):  # a busy neighbour makes it slower, and nothing makes it faster
        folder = tmp_path / str(attempt)
        folder.mkdir()
        with serving(answer_by_clip, latency_s=0.4, check=False) as server:
            run = start(shards, folder, server.url, 60, processes)
            while len(server.answered) < 20 and run.is_alive():
                time.sleep(0.01)
            begun = time.monotonic()
            os.kill(int(run.pid or 0), signal.SIGINT)
            run.join(60)
            took.append(time.monotonic() - begun)
            assert run.exitcode not in (0, None)
            answered = len(server.answered)
        with Ledger(folder / "answers.sqlite") as ledger:
            kept = len(list(ledger.answers()))
        lost = open_calls(folder / "answers.sqlite")
        assert 20 <= kept <= answered <= kept + lost, "calls in flight could still answer a little"
        assert answered < 180 and KEY.encode() not in (folder / "errors.txt").read_bytes()
        if took[-1] < 2.0:
            break
    assert min(took) < 2.0, took
