import datetime
from pathlib import Path

import pytest

from libra_emo.llm.pricing.price_list import PriceError, compare_with_table, read_prices

FILE = Path(__file__).parents[3] / "conf/base/prices.yml"
PRICES = read_prices(FILE.read_text(encoding="utf-8"), "prices.yml")


def test_half_price_is_what_litellm_says_of_batches() -> None:
    from libra_emo.llm.client.transport.calls import load_litellm

    table, compared = load_litellm().model_cost, 0
    for name, price in PRICES.models.items():
        entry = table.get(name) or table[name.split("/", 1)[1]]
        pairs = (
            (price.halved().question, "input_cost_per_token_batches"),
            (price.halved().answer, "output_cost_per_token_batches"),
        )
        for ours, theirs in pairs:
            if theirs in entry:
                compared += 1
                assert ours == pytest.approx(entry[theirs] * 1e6), (name, theirs)
    assert compared >= 14


def test_the_list_of_the_project() -> None:
    assert PRICES.date >= datetime.date(2026, 1, 1)
    assert "openai/gpt-4o-2024-11-20" in PRICES
    for name, listed in PRICES.models.items():
        assert listed.context_tokens, f"{name} has no bound for what a call may cost"
    with pytest.raises(PriceError, match=r"'openai/new' has no price.*free: true"):
        PRICES["openai/new"]


def test_the_list_agrees_with_litellms_own_table() -> None:
    from libra_emo.llm.client.transport.calls import load_litellm

    assert compare_with_table(PRICES, load_litellm().model_cost) == []


def test_differences_are_listed() -> None:
    table = {"gpt-4o": {"input_cost_per_token": 3e-6, "output_cost_per_token": 1e-5}}
    lines = compare_with_table(PRICES, table)
    assert "openai/gpt-4o: question 2.5 here, 3 there" in lines
    assert "anthropic/claude-haiku-4-5: no price there" in lines
    long = {"input_cost_per_token_above_200k_tokens": 3e-6, "max_input_tokens": 9}
    lines = compare_with_table(PRICES, {"gemini-2.5-pro": long, "gpt-4o": long})
    assert "gemini/gemini-2.5-pro: long question 2.5 here, 3 there" in lines
    assert "openai/gpt-4o: context_tokens 128000 here, 9 there" in lines
    assert "openai/gpt-4o: long questions have a price of their own there" in lines


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date: 2026-01-01\nmodels: {gpt-4o: {question: 1, answer: 1}}", "lacks its provider"),
        ("date: 2026-01-01\nmodels: {a/b: {question: -1, answer: 1}}", r"models\.a/b\.question"),
        ("models: {}", "date"),
        ("{", "not YAML"),
    ],
)
def test_a_wrong_list_names_file_and_key(text: str, message: str) -> None:
    with pytest.raises(PriceError, match=rf"prices\.yml: .*{message}"):
        read_prices(text, "prices.yml")
