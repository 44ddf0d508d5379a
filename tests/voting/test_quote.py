from pathlib import Path

import pytest
from support.llm_clips import clip_names, make_shards
from support.llm_voting import TAXONOMY, answer_by_clip, candidates, options, prices, vote
from support.openai_server import Behaviour, serving

from libra_emo.common.person_meant import DEFAULT_PERSON
from libra_emo.llm.client.model import LlmResources
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.request.keys import Keys
from libra_emo.llm.request.prompts import Prompt
from libra_emo.media.shards import ShardReader
from libra_emo.voting.options import VotingOptions
from libra_emo.voting.quote import quote_voting
from libra_emo.voting.voters import build_voters

PROMPT = Path(__file__).parents[2] / "conf/base/prompts/annotate.jinja"


def quoted(folder: Path, voting: VotingOptions, count: int = 6):  # type: ignore[no-untyped-def]
    with Ledger(folder / "a.sqlite") as ledger:
        prompt = Prompt(PROMPT.read_text(encoding="utf-8"), "annotate")
        prompt = prompt.with_values(person_meant=DEFAULT_PERSON)
        source = ShardReader(folder)
        resources = LlmResources(source, ledger, prompt, prices(), Keys(), 7, lambda: "t")
        clips = candidates(clip_names(count))[["clip_id", "subtitle"]]
        return quote_voting(build_voters(voting, TAXONOMY, resources), clips, voting)


def test_what_was_spent_lies_between_low_and_high(tmp_path: Path) -> None:
    make_shards(tmp_path, 6)
    with serving(answer_by_clip) as server:
        before = quoted(tmp_path, options(server.url))
        assert list(before["to_ask"]) == [6, 6, 6] and not server.arrived
        vote(tmp_path, tmp_path / "a.sqlite", 6, options(server.url))
        after = quoted(tmp_path, options(server.url))
    assert list(after["answered"]) == [6, 6, 6] and after["high_usd"].sum() == 0
    with Ledger(tmp_path / "a.sqlite") as ledger:
        spent = ledger.money("voting").spent_usd
    # the server counts 1700 tokens a question: 16 pictures of 100, sound, and the words
    assert before["low_usd"].sum() * 0.8 < spent < before["high_usd"].sum()


def test_a_sequential_third_voter_may_cost_nothing(tmp_path: Path) -> None:
    make_shards(tmp_path, 6)
    table = quoted(tmp_path, options("http://x", sequential=True)).set_index("voter")
    assert table.loc["third", "low_usd"] == 0 < table.loc["third", "high_usd"]
    assert table.loc["second", "low_usd"] > 0


def test_three_voters_of_one_price_cost_the_same(tmp_path: Path) -> None:
    make_shards(tmp_path, 2)
    table = quoted(tmp_path, options("http://x"), 2)
    assert table["low_usd"].sum() == pytest.approx(3 * table["low_usd"][0])


def test_a_second_question_that_is_due_is_quoted(tmp_path: Path) -> None:
    make_shards(tmp_path, 6)
    with serving(lambda number, arrived: Behaviour(text="sad/angry;Both.")) as server:
        whole = quoted(tmp_path, options(server.url))
        vote(tmp_path, tmp_path / "a.sqlite", 6, options(server.url, max_attempts=1))
        once = quoted(tmp_path, options(server.url, max_attempts=1))
        due = quoted(tmp_path, options(server.url))
        vote(tmp_path, tmp_path / "a.sqlite", 6, options(server.url))
        after = quoted(tmp_path, options(server.url))
    assert list(once["to_ask"]) == [0, 0, 0] and once["high_usd"].sum() == 0
    assert list(due["to_ask"]) == [6, 6, 6] and due["low_usd"].sum() > 0
    assert due["high_usd"].sum() == pytest.approx(whole["high_usd"].sum() / 2, rel=0.1)
    assert list(after["to_ask"]) == [0, 0, 0] and after["high_usd"].sum() == 0
