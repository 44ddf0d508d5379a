import datetime
from pathlib import Path

import pytest

from libra_emo.llm.prices import (
    FREE,
    Content,
    ModelPrice,
    PictureRule,
    PriceError,
    compare_with_table,
    read_prices,
)

FILE = Path(__file__).parents[2] / "conf/base/prices.yml"
PRICES = read_prices(FILE.read_text(encoding="utf-8"), "prices.yml")


@pytest.mark.parametrize(
    ("rule", "size", "low", "high"),
    [  # the providers' own examples
        (PictureRule(rule="openai_tiles", base=85, per_tile=170), (1024, 1024), 85, 765),
        (PictureRule(rule="openai_tiles", base=85, per_tile=170), (2048, 4096), 85, 1105),
        (PictureRule(rule="openai_tiles", base=85, per_tile=170), (448, 252), 85, 255),
        (PictureRule(rule="gemini_crops", per_tile=258), (384, 384), 258, 258),
        (PictureRule(rule="gemini_crops", per_tile=258), (960, 540), 258, 1806),
        (PictureRule(rule="fixed", tokens=70), (9, 9), 70, 70),
    ],
)
def test_tokens_of_a_picture(rule: PictureRule, size: tuple[int, int], low: int, high: int) -> None:
    assert rule.count(*size) == (low, high)


@pytest.mark.parametrize(
    ("size", "told"),
    [((1000, 1000), 1296), ((1092, 1092), 1521), ((200, 200), 64), ((1568, 1568), 1568)],
)
def test_tokens_by_patches_are_the_providers_figures(size: tuple[int, int], told: int) -> None:
    low, high = PictureRule(rule="patches", patch_pixels=28, most=1568).count(*size)
    assert low <= told <= high < 1.15 * told + 6


def test_a_first_call_may_fill_all_that_a_model_reads() -> None:
    price = ModelPrice(question=2, answer=10, sound=4, context_tokens=100_000)
    assert price.most(300) == pytest.approx(0.4 + 0.003)
    assert ModelPrice(question=2, answer=10).most(300) == 0
    for name, listed in PRICES.models.items():
        assert listed.context_tokens, f"{name} has no bound for its first call"


def test_half_price_is_what_litellm_says_of_batches() -> None:
    from libra_emo.llm.calls import load_litellm

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


def test_an_estimate_is_made_of_its_parts() -> None:
    price = ModelPrice(
        question=2, answer=10, sound=4, pictures=PictureRule(rule="fixed", tokens=100),
        sound_tokens_per_second=32,
    )  # fmt: skip
    words, pictures = Content("", [], 0, 300), Content("", [(10, 10)] * 16, 0, 300)
    assert price.estimate(words).high_usd == pytest.approx((30 * 2 + 300 * 10) / 1e6)
    more = price.estimate(pictures).low_usd - price.estimate(words).low_usd
    assert more == pytest.approx(1600 * 2 / 1e6)
    heard = price.estimate(Content("", [], 10, 300)).low_usd - price.estimate(words).low_usd
    assert heard == pytest.approx(320 * 4 / 1e6)
    assert price.estimate(pictures).plus(price.estimate(pictures)).low_usd == pytest.approx(
        2 * price.estimate(pictures).low_usd
    )


def test_chinese_words_are_not_underestimated() -> None:
    price = ModelPrice(question=1, answer=0)
    text = "他低下头，声音颤抖。" * 20
    high_tokens = price.estimate(Content(text, [], 0, 0)).high_usd * 1e6 - 30
    assert high_tokens >= len(text), (
        "no tokenizer in use needs more than one token and a half a sign"
    )


def test_the_cost_follows_the_usage() -> None:
    price = ModelPrice(question=2.5, answer=10, sound=40)
    assert price.cost(4000, 50) == pytest.approx(0.0105)
    assert price.cost(4000, 50, sound_tokens=100) == pytest.approx(0.0105 + 100 * 37.5 / 1e6)
    assert FREE.cost(10**6, 10**6) == 0


def test_the_list_of_the_project() -> None:
    assert PRICES.date >= datetime.date(2026, 1, 1)
    assert "openai/gpt-4o-2024-11-20" in PRICES
    with pytest.raises(PriceError, match=r"'openai/new' has no price.*free: true"):
        PRICES["openai/new"]


def test_the_list_agrees_with_litellms_own_table() -> None:
    from libra_emo.llm.calls import load_litellm

    assert compare_with_table(PRICES, load_litellm().model_cost) == []


def test_differences_are_told() -> None:
    table = {"gpt-4o": {"input_cost_per_token": 3e-6, "output_cost_per_token": 1e-5}}
    lines = compare_with_table(PRICES, table)
    assert "openai/gpt-4o: question 2.5 here, 3 there" in lines
    assert "anthropic/claude-haiku-4-5: no price there" in lines


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("date: 2026-01-01\nmodels: {gpt-4o: {question: 1, answer: 1}}", "lacks its provider"),
        ("date: 2026-01-01\nmodels: {a/b: {question: -1, answer: 1}}", r"models\.a/b\.question"),
        ("models: {}", "date"),
        ("{", "not YAML"),
    ],
)
def test_a_wrong_list_names_file_and_key(text: str, told: str) -> None:
    with pytest.raises(PriceError, match=rf"prices\.yml: .*{told}"):
        read_prices(text, "prices.yml")
