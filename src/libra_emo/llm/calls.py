"""One call through litellm: what came back, or what went wrong and what that means."""

from __future__ import annotations

import asyncio
import gc
import os
import re
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, Literal, NamedTuple

from libra_emo.errors import LibraEmoError
from libra_emo.llm.questions import Model

NO_KEY = "none"
"""Sent to a server of one's own that asks for none, so that no provider's key goes there."""
PLAIN_PROTOCOL = "openai/"
"""Models that get the messages in OpenAI's protocol, just as we make them."""
LONGEST_MESSAGE = 300
_SECRET = re.compile(r"\b(?:sk|pk|key|AIza|Bearer)[-_ ]?[A-Za-z0-9*._-]{6,}")
_URL_SECRET = re.compile(r"(?<=://)[^/@\s]+@|(?<=[?&]key=)[^&\s]+")
_EXHAUSTED = re.compile(
    r"insufficient_quota|credit balance|billing|payment|spending limit|PerDay", re.IGNORECASE
)
_HOPELESS = {
    401: "the key is missing or wrong",
    403: "the key is not allowed this",
    404: "the model or address is not known",
}
_NO_KEY_SET = re.compile(r"Missing (?:credentials|\w+ API key)", re.IGNORECASE)
_FILTERED = re.compile(r"content_policy|ContentPolicy|content_filter|ResponsibleAI", re.IGNORECASE)
_NEVER_SENT = ("ClientConnectorError", "ConnectionRefusedError", "ClientConnectorDNSError")

Trouble = Literal["stop", "slow_down", "again", "clip"]


class Returned(NamedTuple):
    """What a model returned; token counts are None where the provider told none."""

    reply: str | None
    finish: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    sound_tokens: int
    seconds: float


class CallFailed(LibraEmoError):
    """A call brought no answer.

    Attributes:
        trouble: `stop` (no other call of this voter can do better), `slow_down` (the provider
            asks for time), `again` (may work later), `clip` (this question will never work).
        billed: False where it surely cost nothing; None where nobody knows.
        wait_s: How long the provider asks to wait.
    """

    def __init__(
        self, told: str, trouble: Trouble, billed: bool | None, wait_s: float | None = None
    ) -> None:
        super().__init__(told)
        self.trouble = trouble
        self.billed = billed
        self.wait_s = wait_s

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how another process makes it again."""
        return CallFailed, (str(self), self.trouble, self.billed, self.wait_s)


@cache
def load_litellm() -> Any:
    """Return litellm, quiet, with its own copy of the price table and without telemetry.

    Its hundreds of thousands of objects never become garbage: left out of the collector's walks,
    calls cost less and a process ends at once, where it took seconds.
    """
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import litellm

    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.turn_off_message_logging = True
    litellm.disable_streaming_logging = True
    gc.freeze()
    return litellm


async def call(
    litellm: Any,
    model: Model,
    messages: list[dict[str, Any]],
    api_key: str | None,
    timeout_s: float,
) -> Returned:
    """Return a model's answer, whole and within the time.

    Raises:
        CallFailed: If there is none.
    """
    start = time.monotonic()
    asked = litellm.acompletion(
        model=model.name,
        api_base=model.api_base,
        api_key=api_key or (NO_KEY if model.api_base else None),
        timeout=timeout_s,
        max_retries=0,
        num_retries=0,
        **{**model.parameters, **_body(model, messages)},
    )
    try:
        answer = await asyncio.wait_for(asked, timeout_s)
    except TimeoutError as error:
        raise CallFailed(f"no answer within {timeout_s:g} s", "again", None) from error
    except Exception as error:  # litellm raises its own, OpenAI's, httpx's and plain ones
        if _filtered(error):
            return Returned(None, "content_filter", 0, 0, 0, time.monotonic() - start)
        raise explain_failure(error, api_key) from None
    return _read(answer, time.monotonic() - start)


def _body(model: Model, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what carries the messages.

    OpenAI's package walks through every part of a message and its type, which takes as long as all
    the rest of a call with sixteen pictures; it leaves `extra_body` as it is. Other providers'
    ways turn the messages into a form of their own and need them where they belong.
    """
    if not model.name.startswith(PLAIN_PROTOCOL):
        return {"messages": messages}
    words = [{"role": message["role"], "content": ""} for message in messages]
    extra = {**model.parameters.get("extra_body", {}), "messages": messages}
    return {"messages": words, "extra_body": extra}


def explain_failure(error: BaseException, api_key: str | None = None) -> CallFailed:
    """Return what an error of litellm's means."""
    chain = list(_chain(error))
    names = {type(one).__name__ for one in chain}
    status, details = _status(chain), _details(chain)
    told = clean_message(str(error), api_key)
    if _NO_KEY_SET.search(details):
        return CallFailed("there is no key for this model", "stop", False)
    if names & {"Timeout", "APITimeoutError", "TimeoutError"} or not isinstance(status, int):
        return CallFailed(told, "again", None)
    if names & {"APIConnectionError", "ClientPayloadError", "ReadError"}:
        return CallFailed(told, "again", None if not names & set(_NEVER_SENT) else False)
    if "LiteLLMUnknownProvider" in names or "LLM Provider NOT provided" in details:
        status = 404
    if status == 402 or (status in (400, 429) and _EXHAUSTED.search(details)):
        return CallFailed(f"the quota is used up: {told}", "stop", False)
    if status in _HOPELESS:
        return CallFailed(f"{_HOPELESS[status]}: {told}", "stop", False)
    answered = status < 500 or "HTTPStatusError" in names
    trouble: Trouble = "slow_down" if status == 429 else "clip" if status < 500 else "again"
    return CallFailed(told, trouble, False if answered else None, _wait(chain))


def read_body(body: dict[str, Any]) -> Returned:
    """Return what the body of a chat completion says, as OpenAI's protocol has it."""
    choices = body.get("choices") or [{}]
    message, finish = choices[0].get("message") or {}, choices[0].get("finish_reason")
    reply, refusal = message.get("content"), message.get("refusal")
    if not reply and refusal:
        reply, finish = str(refusal), "refusal"
    usage = body.get("usage") or {}
    sent, came = usage.get("prompt_tokens"), usage.get("completion_tokens")
    sound = (usage.get("prompt_tokens_details") or {}).get("audio_tokens") or 0
    if not sent:
        return Returned(reply, finish, None, None, 0, 0.0)
    return Returned(reply, finish, int(sent), int(came or 0), int(sound), 0.0)


def is_filtered(status: int, told: str) -> bool:
    """Tell whether an answer is the provider's filter refusing the question."""
    return status == 400 and bool(_FILTERED.search(told))


def _filtered(error: BaseException) -> bool:
    """Tell whether the provider's filter refused the question."""
    chain = list(_chain(error))
    return is_filtered(_status(chain), _details(chain))


def _status(chain: list[BaseException]) -> Any:
    return next((s for s in (getattr(one, "status_code", None) for one in chain) if s), None)


def _details(chain: list[BaseException]) -> str:
    return " ".join(f"{type(one).__name__} {one} {getattr(one, 'body', '')}" for one in chain)


def clean_message(message: str, api_key: str | None = None) -> str:
    """Return an error's first words in one line, with nothing in it that looks like a key."""
    if api_key:
        message = message.replace(api_key, "…")
    message = _URL_SECRET.sub("…", _SECRET.sub("…", message))
    message = " ".join(message.split())
    for _ in range(3):
        message = re.sub(r"^(?:litellm\.)?\w*(?:Error|Exception):? (?:- )?", "", message)
    message = re.sub(r"^\w+Exception - ", "", message)
    return message if len(message) <= LONGEST_MESSAGE else message[: LONGEST_MESSAGE - 1] + "…"


def _read(answer: Any, seconds: float) -> Returned:
    choices = getattr(answer, "choices", None)
    if not choices:
        return Returned(None, None, *_usage(answer), seconds)
    message, finish = choices[0].message, choices[0].finish_reason
    reply = message.content
    fields = getattr(message, "provider_specific_fields", None) or {}
    refusal = getattr(message, "refusal", None) or fields.get("refusal")
    if not reply and refusal:
        reply, finish = str(refusal), "refusal"
    return Returned(reply, finish, *_usage(answer), seconds)


def _usage(answer: Any) -> tuple[int | None, int | None, int]:
    usage = getattr(answer, "usage", None)
    sent, came = getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)
    details = getattr(usage, "prompt_tokens_details", None)
    sound = getattr(details, "audio_tokens", None) or 0
    if not sent:  # litellm puts 0 where the provider says nothing
        return None, None, 0
    return int(sent), int(came or 0), int(sound)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(12):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _wait(chain: list[BaseException]) -> float | None:
    """Return the seconds that a `Retry-After` header asks for."""
    for one in chain:
        headers = getattr(one, "litellm_response_headers", None)
        headers = headers or getattr(getattr(one, "response", None), "headers", None) or {}
        value = headers.get("retry-after")
        if not value:
            continue
        try:
            return max(0.0, float(value))
        except ValueError:
            pass
        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
        except (ValueError, TypeError):
            continue
    return None
