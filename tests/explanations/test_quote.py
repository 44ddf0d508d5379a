from pathlib import Path

import pytest
from support.llm_clips import make_shards
from support.llm_explaining import answer_well, explain, options
from support.llm_explaining import quoted as quote
from support.openai_server import serving

from libra_emo.explanations.options import ExplanationOptions
from libra_emo.explanations.quote import Quote
from libra_emo.llm.ledger.ledger import Ledger


def quoted(folder: Path, explanation: ExplanationOptions, labelled: bool = True) -> Quote:
    return quote(folder, folder / "a.sqlite", explanation, 6, labelled)


def test_what_was_spent_lies_between_low_and_high(tmp_path: Path) -> None:
    make_shards(tmp_path, 6)
    with serving(answer_well) as server:
        before = quoted(tmp_path, options(server.url))
        assert before[:3] == (6, 0, 6) and not server.arrived
        blind = quoted(tmp_path, options(server.url), labelled=False)
        assert blind.cost.high_usd == pytest.approx(before.cost.high_usd, rel=0.02)
        explain(tmp_path, tmp_path / "a.sqlite", 6, options(server.url, max_attempts=1))
        half = quoted(tmp_path, options(server.url))
        assert half[:3] == (6, 4, 2), "two were too short, and a second request is due"
        assert 0 < half.cost.low_usd < before.cost.low_usd / 2
        explain(tmp_path, tmp_path / "a.sqlite", 6, options(server.url))
        after = quoted(tmp_path, options(server.url))
        assert after[:3] == (6, 6, 0) and after.cost.high_usd == 0
    with Ledger(tmp_path / "a.sqlite") as ledger:
        spent = ledger.money("explanation").spent_usd
    assert before.cost.low_usd < spent < before.cost.high_usd


def test_the_high_figure_counts_every_request_that_is_allowed(tmp_path: Path) -> None:
    make_shards(tmp_path, 6)
    once = quoted(tmp_path, options("http://x", max_attempts=1))
    thrice = quoted(tmp_path, options("http://x", max_attempts=3))
    assert thrice.cost.low_usd == pytest.approx(once.cost.low_usd)
    assert thrice.cost.high_usd == pytest.approx(3 * once.cost.high_usd)
