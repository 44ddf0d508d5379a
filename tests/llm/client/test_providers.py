"""The paper's two models that litellm asks in their providers' own protocols."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.llm_clips import make_shards
from support.llm_questions import ENCODING, ask, model_settings, questions
from support.openai_server import KEY, Behaviour, OpenAIServer
from support.provider_servers import AnthropicServer, GoogleServer

from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.pricing.price_list import read_prices
from libra_emo.media.shards import ShardReader

CONF = Path(__file__).parents[3] / "conf"
PRICES = read_prices((CONF / "base/prices.yml").read_text("utf-8"), "prices.yml")
VOTERS = {
    settings["name"]: settings
    for settings in yaml.safe_load((CONF / "paper/parameters_voting.yml").read_text("utf-8"))[
        "voting"
    ]["voters"]
}
SERVERS: dict[str, type[OpenAIServer]] = {"gemini": GoogleServer, "claude": AnthropicServer}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> ShardReader:
    return make_shards(tmp_path_factory.mktemp("shards"), 24)


@pytest.fixture(params=list(SERVERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(name: str) -> Iterator[OpenAIServer]:
    server = SERVERS[name]()
    yield server
    server.close()


def put(
    path: Path, source: ShardReader, server: OpenAIServer, name: str, count: int
) -> tuple[Any, list[Any]]:
    """Ask as conf/paper does; return the tally and the answers."""
    model = VOTERS[name]["model"]
    more = VOTERS[name].get("parameters", {})
    url = server.url if name == "gemini" else server.url.removesuffix("/v1")
    settings = model_settings(url, model=model, parameters=more, price=PRICES[model])
    encoding = ENCODING if name == "gemini" else ENCODING.__class__(16, 448, 85, False, "wav")
    tally = ask(path, [(settings, questions(source, settings, count, encoding=encoding))])["one"]
    with Ledger(path) as ledger:
        return tally, list(ledger.answers())


def test_what_is_sent_and_what_comes_back(
    tmp_path: Path, source: ShardReader, server: OpenAIServer, name: str
) -> None:
    server.plan = lambda number, arrived: Behaviour(usage=(4500, 20))
    tally, answers = put(tmp_path / "a", source, server, name, 3)
    assert (tally.answered, tally.stopped, len(server.arrived)) == (3, None, 3)
    for arrived in server.arrived:
        assert arrived.key == KEY and arrived.model == VOTERS[name]["model"].split("/")[1]
        assert arrived.pictures == [(96, 64)] * 16
        assert arrived.seconds_of_sound == pytest.approx(0.5 if name == "gemini" else 0)
        assert arrived.system == "You label clips."
        assert arrived.user.startswith("Subtitle: words of film-")
        sent = {key.lower().replace("_", ""): value for key, value in arrived.parameters.items()}
        assert sent["temperature"] == 0
        assert sent.get("maxoutputtokens", sent.get("maxtokens")) == 60
        if name == "gemini":
            assert sent["thinkingconfig"]["thinkingBudget"] == 0, "as conf/paper has it"
    price, sound = PRICES[VOTERS[name]["model"]], 160 if name == "gemini" else 0
    for answer in answers:
        assert (answer.reply, answer.finish) == ("sad;He lowers his head.", "stop")
        assert (answer.prompt_tokens, answer.completion_tokens) == (4500, 20)
        assert answer.cost_usd == pytest.approx(price.cost(4500, 20, sound))


def google(code: int, status: str, message: str) -> tuple[int, dict[str, Any]]:
    return code, {"code": code, "status": status, "message": message}


def anthropic(code: int, kind: str, message: str) -> tuple[int, dict[str, Any]]:
    return code, {"type": kind, "message": message}


# as the providers' pages and users' reports have them
BAD_KEY = {
    "gemini": google(400, "INVALID_ARGUMENT", f"API key not valid. Please pass a valid one: {KEY}"),
    "claude": anthropic(401, "authentication_error", f"invalid x-api-key {KEY}"),
}
QUOTA = {
    "gemini": google(
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota. Quota exceeded for metric: generate_content_requests, "
        "limit: GenerateRequestsPerDayPerProjectPerModel",
    ),
    "claude": anthropic(400, "invalid_request_error", "Your credit balance is too low to access."),
}
UNKNOWN = {
    "gemini": google(404, "NOT_FOUND", "models/x is not found for API version v1beta"),
    "claude": anthropic(404, "not_found_error", "model: x"),
}
BUSY = {
    "gemini": google(503, "UNAVAILABLE", "The model is overloaded."),
    "claude": anthropic(529, "overloaded_error", "Overloaded"),
}
RATE = {
    "gemini": google(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
    "claude": anthropic(429, "rate_limit_error", "This request would exceed your rate limit."),
}


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        (BAD_KEY, "the key is missing or wrong"),
        (QUOTA, "the quota is used up"),
        (UNKNOWN, "the model or address is not known"),
    ],
)
def test_a_hopeless_provider_stops_at_the_first_call(
    tmp_path: Path,
    source: ShardReader,
    server: OpenAIServer,
    name: str,
    trouble: dict[str, Any],
    message: str,
) -> None:
    status, error = trouble[name]
    server.plan = lambda number, arrived: Behaviour("status", status=status, error=error)
    tally, answers = put(tmp_path / "a", source, server, name, 24)
    assert str(tally.stopped).startswith(message) and KEY not in str(tally.stopped)
    assert len(server.arrived) == 1 and not answers


@pytest.mark.parametrize("trouble", [BUSY, RATE])
def test_what_passes_is_waited_for(
    tmp_path: Path, source: ShardReader, server: OpenAIServer, name: str, trouble: dict[str, Any]
) -> None:
    status, error = trouble[name]
    bad = Behaviour("status", status=status, error=error, headers={"Retry-After": "1"})
    server.plan = lambda number, arrived: bad if number == 1 else Behaviour(usage=(4500, 20))
    tally, _ = put(tmp_path / "a", source, server, name, 3)
    assert (tally.answered, tally.failed, tally.stopped) == (3, 0, None)
    assert len(server.arrived) == 4, "litellm does not ask again by itself"
    assert max(server.times) - server.times[1] >= 0.9


@pytest.mark.parametrize(
    ("finish", "expected"),
    [("safety", "content_filter"), ("max_tokens", "length"), ("blocked", "content_filter")],
)
def test_how_an_answer_ended(
    tmp_path: Path, source: ShardReader, server: OpenAIServer, name: str, finish: str, expected: str
) -> None:
    if name == "claude":
        finish = {"safety": "refusal", "blocked": "refusal"}.get(finish, finish)
    text = "sad;He" if finish == "max_tokens" else ""
    server.plan = lambda number, arrived: Behaviour(text=text, finish=finish, usage=(4500, 20))
    tally, answers = put(tmp_path / "a", source, server, name, 1)
    assert (tally.answered, tally.stopped) == (1, None)
    assert answers[0].finish == expected
