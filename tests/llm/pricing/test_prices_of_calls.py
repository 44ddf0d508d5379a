import pytest
from pydantic import ValidationError

from libra_emo.llm.client.settings import MOST_ANSWER_TOKENS, count_answer_tokens
from libra_emo.llm.options import ModelOptions, SpendingOptions
from libra_emo.llm.pricing.prices import LongPrice, ModelPrice, PictureRule

PRICE = ModelPrice(question=2.0, answer=10.0, long=LongPrice(above_tokens=9, question=4, answer=20))


@pytest.mark.parametrize(
    ("parameters", "tokens"),
    [
        ({}, MOST_ANSWER_TOKENS),
        ({"max_tokens": 60}, 60),
        ({"max_tokens": 60, "max_completion_tokens": 500}, 500),
        ({"max_tokens": 60, "n": 4}, 240),
        ({"max_tokens": 60, "thinking": {"type": "enabled", "budget_tokens": 1024}}, 1084),
        ({"max_tokens": 60, "extra_body": {"max_tokens": 90, "n": 2}}, 180),
        ({"max_tokens": "many", "n": None}, MOST_ANSWER_TOKENS),
    ],
)
def test_the_longest_answer_counts_all_that_may_be_billed(
    parameters: dict[str, object], tokens: int
) -> None:
    assert count_answer_tokens(parameters) == tokens


def test_a_service_tier_multiplies_every_price() -> None:
    assert PRICE.in_tier(None) == PRICE.in_tier("auto") == PRICE
    twice = PRICE.in_tier("priority")
    assert (twice.question, twice.answer) == (4.0, 20.0)
    assert twice.long is not None and twice.long.answer == 40
    own = PRICE.model_copy(update={"service_tiers": {"flex": 0.5}})
    assert own.in_tier("flex").answer == 5.0


def test_patches_have_a_multiplier() -> None:
    rule = PictureRule(rule="patches", patch_pixels=32, most=1536)
    times = rule.model_copy(update={"multiplier": 1.62})
    assert rule.count(320, 320)[0] == 100
    assert times.count(320, 320)[0] == 162
    assert times.count(320, 320)[1] >= 1.62 * 100


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -1.0])
def test_amounts_that_are_none_are_refused(amount: float) -> None:
    with pytest.raises(ValidationError):
        ModelPrice(question=amount, answer=1)
    with pytest.raises(ValidationError):
        SpendingOptions(max_cost_usd=amount)


@pytest.mark.parametrize(
    "parameters",
    [
        {"stream": True},
        {"extra_body": {"stream": True}},
        {"messages": []},
        {"response_format": {"type": "json_object"}},
    ],
)
def test_parameters_that_are_ours_are_refused(parameters: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="cannot be a parameter"):
        ModelOptions(name="a", model="openai/m", parameters=parameters)
    ModelOptions(name="a", model="openai/m", parameters={"stream": False, "top_p": 0.5})


@pytest.mark.parametrize("address", ["127.0.0.1:8000/v1", "localhost:8000", "ftp://x", "//x"])
def test_an_address_without_its_scheme_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="begins with http"):
        ModelOptions(name="a", model="openai/m", api_base=address)
