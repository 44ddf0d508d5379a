import pytest
from pydantic import ValidationError

from libra_emo.llm.options import ModelOptions


@pytest.mark.parametrize(
    "parameters",
    [
        {"api_key": "sk-marked"},
        {"extra_headers": {"Authorization": "Bearer sk-marked"}},
        {"extra_body": {"auth": {"token": "sk-marked"}}},
        {"aws_secret_access_key": "sk-marked"},
    ],
)
def test_a_key_among_the_parameters_is_refused_and_not_shown(parameters):
    with pytest.raises(ValidationError) as caught:
        ModelOptions(name="a", model="openai/m", parameters=parameters)
    message = caught.value.errors()[0]["msg"]
    assert "`llm_keys` in conf/local/credentials.yml" in message
    assert "marked" not in message


def test_ordinary_parameters_pass():
    given = {"reasoning_effort": "disable", "max_tokens": 5, "extra_body": {"top_k": 1}}
    assert ModelOptions(name="a", parameters=given).parameters == given


@pytest.mark.parametrize("address", ["http://me:sk-marked@host/v1", "https://host/v1?key=marked"])
def test_an_address_with_a_key_is_refused_and_not_shown(address):
    with pytest.raises(ValidationError) as caught:
        ModelOptions(name="a", model="openai/m", api_base=address)
    assert "marked" not in caught.value.errors()[0]["msg"]
