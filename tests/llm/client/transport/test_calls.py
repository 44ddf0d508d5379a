"""litellm against a real server: what each kind of misbehaviour is taken for."""

import asyncio
import socket

import pytest
from pydantic import SecretStr
from support.openai_server import KEY, Behaviour, serving

from libra_emo.llm.client.transport.calls import Completion, call, load_litellm
from libra_emo.llm.client.transport.failures import CallFailed
from libra_emo.llm.request.question import Model

MESSAGES = [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]


def secret(key: str | None) -> SecretStr | None:
    return None if key is None else SecretStr(key)


def ask(how: Behaviour, timeout_s: float = 5, key: str | None = KEY) -> Completion:
    with serving(lambda number, arrived: how) as server:
        model = Model("openai/m", server.url, parameters={"temperature": 0, "max_tokens": 9})
        try:
            return asyncio.run(call(load_litellm(), model, MESSAGES, secret(key), timeout_s))
        finally:
            assert len(server.arrived) == 1, "litellm does not ask again by itself"
            assert server.arrived[0].parameters == {"temperature": 0, "max_tokens": 9}
            assert server.arrived[0].key == (key or "none")


def failure(how: Behaviour, timeout_s: float = 5) -> CallFailed:
    with pytest.raises(CallFailed) as failed:
        ask(how, timeout_s)
    assert KEY not in str(failed.value) and "\n" not in str(failed.value)
    return failed.value


def status(number: int, message: str = "no", **more: object) -> Behaviour:
    headers = more.pop("headers", {})
    return Behaviour("status", status=number, error={"message": message, **more}, headers=headers)  # type: ignore[arg-type]


def test_an_answer_with_its_usage() -> None:
    returned = ask(Behaviour(usage=(1234, 21), latency_s=0.2))
    assert returned[:5] == ("sad;He lowers his head.", "stop", 1234, 21, 0)
    assert 0.2 <= returned.seconds < 5


def test_without_usage_the_tokens_are_unknown() -> None:
    assert ask(Behaviour(usage=None))[2:4] == (None, None)


def test_a_server_of_ones_own_never_gets_a_providers_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-provider")
    assert ask(Behaviour(), key=None).finish == "stop"


def test_refusals_are_answers() -> None:
    assert ask(Behaviour(refusal="I can't help."))[:2] == ("I can't help.", "refusal")
    assert ask(Behaviour(text="", finish="content_filter")).finish == "content_filter"
    blocked = ask(status(400, "flagged", code="content_policy_violation"))
    assert (blocked.reply, blocked.finish) == (None, "content_filter")


@pytest.mark.parametrize("code", [400, 403, 451])
def test_a_flagged_clip_is_blocked_whatever_the_status(code: int) -> None:
    blocked = ask(status(code, "Your request was flagged by our moderation."))
    assert (blocked.reply, blocked.finish) == (None, "content_filter")
    failed = failure(status(403, "Your account was flagged and is suspended."))
    assert (failed.kind, failed.billed) == ("forbidden", False)


def test_a_page_in_place_of_an_answer_was_billed_and_is_no_answer() -> None:
    page = ask(Behaviour("html"))
    assert (page.reply, page.finish, page.prompt_tokens) == (None, "abort", None)


def test_a_cut_answer_says_so() -> None:
    assert ask(Behaviour(text="sad;He", finish="length")).finish == "length"


@pytest.mark.parametrize(
    ("how", "kind", "billed", "wait_s"),
    [
        (status(429, headers={"Retry-After": "3"}), "slow_down", False, 3),
        (status(429), "slow_down", False, None),
        (status(503, headers={"Retry-After": "2"}), "retry", False, 2),
        (status(500), "retry", False, None),
        (status(401, f"Incorrect API key provided: {KEY}"), "stop", False, None),
        (status(403), "forbidden", False, None),
        (status(404, "The model does not exist", code="model_not_found"), "stop", False, None),
        (status(429, "You exceeded it", code="insufficient_quota"), "stop", False, None),
        (status(402), "stop", False, None),
        (status(400, "Your credit balance is too low"), "stop", False, None),
        (status(400, "bad picture"), "clip", False, None),
        (status(413), "clip", False, None),
        (Behaviour("cut"), "retry", None, None),
        (Behaviour("half"), "retry", None, None),
    ],
)
def test_what_a_failure_means(
    how: Behaviour, kind: str, billed: bool | None, wait_s: float | None
) -> None:
    failed = failure(how)
    assert (failed.kind, failed.billed) == (kind, billed)
    assert failed.wait_s == (None if wait_s is None else pytest.approx(wait_s, abs=0.5))


@pytest.mark.parametrize("kind", ["stall", "drip"])
def test_a_call_ends_in_time_even_when_bytes_trickle(kind: str) -> None:
    failed = failure(Behaviour(kind), timeout_s=0.7)
    assert (failed.kind, failed.billed) == ("retry", None)


def test_an_address_where_nobody_listens_cost_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(CallFailed) as failed:
        asyncio.run(call(load_litellm(), Model("openai/m", address), MESSAGES, secret(KEY), 5))
    assert (failed.value.kind, failed.value.billed) == ("retry", False)


def test_an_unknown_provider_stops() -> None:
    with pytest.raises(CallFailed) as failed:
        asyncio.run(call(load_litellm(), Model("nobody-knows"), MESSAGES, secret(KEY), 5))
    assert failed.value.kind == "stop"


@pytest.mark.parametrize("where", ["configured", "environment"])
@pytest.mark.parametrize("kind", ["error", "reply"])
def test_key_without_a_known_form_that_a_server_repeats_is_hidden(
    where: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "zwoelf.boxkaempfer.jagen"
    if where == "environment":
        monkeypatch.setenv("MISTRAL_API_KEY", key)
    words = f"sad;you sent {key} and {key[:15]}***"
    how = status(400, words) if kind == "error" else Behaviour(text=words)
    sent = key if where == "configured" else KEY
    if kind == "reply":
        text = str(ask(how, key=sent).reply)
        assert text.startswith("sad;you sent … and …")
    else:
        with pytest.raises(CallFailed) as failed:
            ask(how, key=sent)
        text = str(failed.value)
        assert failed.value.__context__ is None
        assert failed.value.__cause__ is None
    assert not any(key[start : start + 12] in text for start in range(len(key) - 12))
