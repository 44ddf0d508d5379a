"""Votes by models in several processes at the same time, with one ledger."""

from pathlib import Path

import pandas as pd
import pytest
from support import llm_voting
from support.killing import start_run
from support.llm_clips import make_shards
from support.llm_voting import NAMES, answer_by_clip, options, voter
from support.openai_server import serving

from libra_emo.llm.ledger.ledger import Ledger

pytestmark = pytest.mark.slow
CLIPS = 60


def test_each_question_is_asked_once_and_all_get_the_answer(tmp_path: Path) -> None:
    make_shards(tmp_path / "shards", CLIPS)
    with serving(answer_by_clip, latency_s=0.05, check=False) as server:
        voters = [voter(server.url, name, timeout_seconds=120) for name in NAMES]
        voting = options(server.url, voters).model_dump(mode="json", exclude_unset=True)
        runs = []
        for number in range(3):
            arguments = {
                "voting": voting,
                "shards": str(tmp_path / "shards"),
                "ledger": str(tmp_path / "answers.sqlite"),
                "count": CLIPS,
                "output": str(tmp_path / f"{number}.parquet"),
                "rules": str(tmp_path / f"{number}.csv"),
            }
            runs.append(start_run(llm_voting.main, arguments, tmp_path / "errors.txt"))
        for run in runs:
            run.join(300)
        told_by_them = (tmp_path / "errors.txt").read_text()
        assert [run.exitcode for run in runs] == [0, 0, 0], told_by_them
        assert len(server.answered) == 3 * CLIPS
    tables = [pd.read_parquet(tmp_path / f"{number}.parquet") for number in range(3)]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    pd.testing.assert_frame_equal(tables[0], tables[2])
    with Ledger(tmp_path / "answers.sqlite") as ledger:
        money = ledger.money("voting")
    assert money == (pytest.approx(tables[0]["cost_usd"].sum()), 0, 0)
