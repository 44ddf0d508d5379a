import pytest

from libra_emo.llm.pricing.prices import FREE, Content, LongPrice, ModelPrice, PictureRule


def test_a_call_may_fill_all_that_a_model_reads() -> None:
    price = ModelPrice(question=2, answer=10, sound=4, context_tokens=100_000)
    assert price.most_usd(300) == pytest.approx(0.4 + 0.003)
    assert price.most_usd(300) >= price.cost(100_000, 300, 50_000)
    assert ModelPrice(question=2, answer=10).most_usd(300) == 0


def test_a_long_question_has_a_price_of_its_own() -> None:
    long = LongPrice(above_tokens=200, question=4, answer=15)
    price = ModelPrice(question=2, answer=10, context_tokens=1000, long=long)
    assert price.cost(200, 10) == pytest.approx((200 * 2 + 10 * 10) / 1e6)
    assert price.cost(201, 10) == pytest.approx((201 * 4 + 10 * 15) / 1e6)
    assert price.most_usd(10) == pytest.approx((1000 * 4 + 10 * 15) / 1e6)
    assert price.halved().cost(201, 10) == pytest.approx(price.cost(201, 10) / 2)


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
