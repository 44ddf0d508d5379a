"""No bill passes the ceiling; the server of the test counts its own bill."""

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from support.llm_clips import make_shards
from support.llm_questions import PRICE, ask, model_settings, questions
from support.openai_server import Arrived, Behaviour, OpenAIServer, Plan, serving

from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.media.shards import ShardReader

COUNT = 96
CONTEXT = 50_000
MOST_USD = CONTEXT * 2e-6 + 60 * 10e-6
"""The most that a call can cost: all that the model reads, and its longest answer."""
BOUNDED = PRICE.model_copy(update={"context_tokens": CONTEXT})


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> ShardReader:
    return make_shards(tmp_path_factory.mktemp("shards"), COUNT)


def account(server: OpenAIServer) -> float:
    return server.tokens[0] * 2e-6 + server.tokens[1] * 10e-6


def turn_dear(number: int, arrived: Arrived) -> Behaviour:
    """Bill little for long, and then as much as there is."""
    return Behaviour(usage=(CONTEXT, 60) if number >= 40 else (1500, 20))


def bill_at_random(number: int, arrived: Arrived) -> Behaviour:
    chance = random.Random(arrived.digest)
    return Behaviour(usage=(chance.choice((10, 1500, 9000, CONTEXT)), chance.randint(1, 60)))


def turn_dear_together(number: int, arrived: Arrived) -> Behaviour:
    """Bill little, then as much as there is for many calls that end late and together."""
    dear = number % 32 > 15
    return Behaviour(usage=(CONTEXT, 60) if dear else (1500, 20), latency_s=0.3 * dear)


def gathered(server: OpenAIServer, plan: Plan) -> Plan:
    """Return a plan that lets the first calls end only once 32 have come together."""

    def gather(number: int, arrived: Arrived) -> Behaviour:
        deadline = time.monotonic() + 5
        while 0 < number < 33 and server.most_in_flight < 32 and time.monotonic() < deadline:
            time.sleep(0.01)
        return plan(number, arrived)

    return gather


@pytest.mark.parametrize("ceiling", [1.0, 33 * MOST_USD])
@pytest.mark.parametrize("plan", [turn_dear, bill_at_random, turn_dear_together])
def test_no_bill_passes_the_ceiling(
    tmp_path: Path, source: ShardReader, plan: Plan, ceiling: float
) -> None:
    with serving(plan, latency_s=0.05, check=False) as server:
        if ceiling > 32 * MOST_USD:
            server.plan = gathered(server, plan)
        for _ in range(2):
            settings = model_settings(server.url, calls_at_once=32, price=BOUNDED)
            tally = ask(
                tmp_path / "a.sqlite", [(settings, questions(source, settings, COUNT))], ceiling
            )
            assert ceiling - MOST_USD < account(server) <= ceiling
            assert "may cost 0.1006 (as much as the model can read)" in str(tally["one"].stopped)
        with Ledger(tmp_path / "a.sqlite") as ledger:
            assert ledger.money("voting") == (pytest.approx(account(server)), 0, 0)
        assert ceiling < 3 or server.most_in_flight == 32


def test_without_a_strict_ceiling_the_money_is_used_up_but_a_sudden_bill_may_pass_it(
    tmp_path: Path, source: ShardReader
) -> None:
    ceiling = 0.3
    with serving(latency_s=0.05, check=False) as server:
        settings = model_settings(server.url, calls_at_once=32, price=BOUNDED)
        asked = [(settings, questions(source, settings, COUNT))]
        ask(tmp_path / "a.sqlite", asked, ceiling, strict_ceiling=False)
        assert len(server.answered) == COUNT
    with serving(turn_dear, latency_s=0.05, check=False) as server:
        settings = model_settings(server.url, calls_at_once=32, price=BOUNDED)
        asked = [(settings, questions(source, settings, COUNT))]
        ask(tmp_path / "b.sqlite", asked, ceiling, strict_ceiling=False)
        assert account(server) > ceiling


@pytest.mark.parametrize("usage", [(1700, 50), (40_000, 60), (300, 5)])
def test_without_a_bound_the_estimate_learns_from_what_calls_cost(
    tmp_path: Path, source: ShardReader, usage: tuple[int, int]
) -> None:
    ceiling = 8 * (usage[0] * 2e-6 + usage[1] * 10e-6) + 0.0101
    with serving(lambda number, arrived: Behaviour(usage=usage), latency_s=0.05) as server:
        settings = model_settings(server.url, calls_at_once=32)
        tally = ask(tmp_path / "a.sqlite", [(settings, questions(source, settings, 24))], ceiling)[
            "one"
        ]
        assert 0.5 * ceiling < account(server) <= ceiling
        assert tally.stopped is not None and "voting.max_cost_usd" in tally.stopped
        spent = account(server)
        ask(tmp_path / "a.sqlite", [(settings, questions(source, settings, 24))], ceiling)
        assert account(server) <= ceiling, "the ceiling is for all runs together"
        assert account(server) <= spent + 0.006


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(("ceiling", "calls"), [(0.05, 0), (0.11, 1), (0.2, 2)])
def test_a_first_call_dearer_than_the_ceiling_is_not_made(
    tmp_path: Path, source: ShardReader, ceiling: float, calls: int, strict: bool
) -> None:
    plan: Plan = lambda number, arrived: Behaviour(usage=(40_000, 60))  # noqa: E731
    with serving(plan, latency_s=0.05) as server:
        settings = model_settings(server.url, calls_at_once=32, price=BOUNDED)
        asked = [(settings, questions(source, settings, 24))]
        tally = ask(tmp_path / "a.sqlite", asked, ceiling, strict_ceiling=strict)["one"]
        assert len(server.arrived) == calls
        assert account(server) <= ceiling
        assert tally.stopped is not None and "voting.max_cost_usd" in tally.stopped


def test_what_calls_without_an_end_have_cost_counts_but_not_all_that_they_held(
    tmp_path: Path, source: ShardReader
) -> None:
    def plan(number: int, arrived: Arrived) -> Behaviour:
        return Behaviour("cut") if number % 3 == 2 else Behaviour(usage=(1500, 20))

    with serving(plan, check=False) as server:
        settings = model_settings(server.url, calls_at_once=8, price=BOUNDED)
        tally = ask(tmp_path / "a.sqlite", [(settings, questions(source, settings, 24))], 1.0)[
            "one"
        ]
        assert (tally.answered, tally.stopped) == (24, None)
        cut = len(server.arrived) - 24
    with Ledger(tmp_path / "a.sqlite") as ledger:
        money = ledger.money("voting")
    likely = 16 * 100 * 2e-6 + 60 * 10e-6
    assert cut > 5 and money.lost_usd == pytest.approx(cut * likely, rel=0.06)


def thinks(tokens: int) -> Plan:
    """Return a plan for a gateway that names the thinking in the total alone, and bills it."""
    usage = {"prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 1020 + tokens}
    message = {"role": "assistant", "content": "sad;He lowers his head."}
    body = {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}

    def plan(number: int, arrived: Arrived) -> Behaviour:
        return Behaviour("raw", body=json.dumps(body).encode(), usage=(1000, 20 + tokens))

    return plan


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("tokens", [2000, 16_000])
@pytest.mark.parametrize("ceiling", [0.004, 0.01, 0.05, 0.18, 0.4])
def test_thinking_that_is_billed_beside_the_answer_stays_below_the_ceiling(
    tmp_path: Path, source: ShardReader, ceiling: float, tokens: int, strict: bool
) -> None:
    price = PRICE.model_copy(update={"answer_tokens": None})
    with serving(thinks(tokens), latency_s=0.02, check=False) as server:
        settings = model_settings(server.url, calls_at_once=16, price=price)
        for _ in range(2):
            asked = [(settings, questions(source, settings, 24))]
            tally = ask(tmp_path / "a.sqlite", asked, ceiling, strict_ceiling=strict)["one"]
            assert account(server) <= ceiling and "voting.max_cost_usd" in str(tally.stopped)
    assert len(server.arrived) > 0 if ceiling > 0.17 else "answer_tokens" in str(tally.stopped)
    with Ledger(tmp_path / "a.sqlite") as ledger:
        assert ledger.money("voting") == (pytest.approx(account(server)), 0, 0)


@pytest.mark.parametrize("more", [{"context_tokens": CONTEXT}, {}])
def test_the_price_list_bounds_what_a_gateway_may_think(
    tmp_path: Path, source: ShardReader, more: dict[str, Any]
) -> None:
    price = PRICE.model_copy(update={"answer_tokens": 4000, **more})
    ceiling = 0.05 if not more else 0.15
    with serving(thinks(3000), check=False) as server:
        settings = model_settings(server.url, calls_at_once=16, price=price)
        tally = ask(tmp_path / "a.sqlite", [(settings, questions(source, settings, 24))], ceiling)
        assert len(server.arrived) == 1 and account(server) <= ceiling
    assert "voting.max_cost_usd" in str(tally["one"].stopped)


def test_a_providers_own_address_bills_no_more_than_the_limit() -> None:
    more = {"price": PRICE.model_copy(update={"answer_tokens": 5000})}
    own = [model_settings(None, model=name, **more) for name in ("openai/m", "gemini/m")]  # type: ignore[arg-type]
    others = [model_settings("http://x", **more), model_settings(None, model="gateway/m", **more)]  # type: ignore[arg-type]
    assert [s.may_bill_thinking for s in (*own, *others)] == [False, False, True, True]


def test_no_money_no_call(tmp_path: Path, source: ShardReader) -> None:
    with serving() as server:
        settings = model_settings(server.url)
        tally = ask(tmp_path / "a.sqlite", [(settings, questions(source, settings, 4))], 0.0)["one"]
        assert not server.arrived and "max_cost_usd is 0" in str(tally.stopped)
