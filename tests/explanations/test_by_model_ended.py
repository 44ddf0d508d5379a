"""Explanations by a model that is killed in the middle and gone on with."""

from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from support import llm_explaining
from support.killing import kill_and_resume, start_run
from support.llm_clips import make_shards
from support.llm_explaining import answer_well, options
from support.openai_server import KEY, serving

COUNT, KILLS, AT_ONCE = 60, 5, 4


def start(shards: Path, folder: Path, url: str) -> BaseProcess:
    explanation = options(url, {"calls_at_once": AT_ONCE, "timeout_seconds": 120}, max_attempts=2)
    arguments = {
        "explanation": explanation.model_dump(mode="json", exclude_unset=True),
        "shards": str(shards),
        "ledger": str(folder / "answers.sqlite"),
        "count": COUNT,
        "output": str(folder / "texts.parquet"),
        "attempts": str(folder / "attempts.parquet"),
        "rules": str(folder / "rules.csv"),
    }
    return start_run(llm_explaining.main, arguments, folder / "errors.txt")


@pytest.mark.slow
def test_killed_and_run_again_nothing_is_paid_twice_but_what_was_in_flight(tmp_path: Path) -> None:
    shards, calm, torn = (tmp_path / name for name in ("shards", "calm", "torn"))
    make_shards(shards, COUNT)
    calm.mkdir()
    torn.mkdir()
    with serving(answer_well, check=False) as server:
        run = start(shards, calm, server.url)
        run.join(300)
        assert run.exitcode == 0
        needed = len(server.answered)
    assert needed == COUNT + COUNT // 5
    with serving(answer_well, latency_s=0.1, check=False) as server:

        def again() -> BaseProcess:
            return start(shards, torn, server.url)

        in_flight = kill_and_resume(server, again, torn / "answers.sqlite", needed, KILLS)
        answered = len(server.answered)
    counts = f"needed {needed}, answered {answered}, in flight at the kills {in_flight}"
    assert 0 <= answered - needed <= sum(in_flight), counts
    assert max(in_flight) <= AT_ONCE, counts
    for name in ("texts.parquet", "attempts.parquet", "rules.csv"):
        assert (torn / name).read_bytes() == (calm / name).read_bytes(), name
    assert KEY.encode() not in (torn / "errors.txt").read_bytes()
