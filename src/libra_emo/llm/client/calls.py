"""One call through litellm, and what came back."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from functools import cache
from typing import Any, NamedTuple

from pydantic import SecretStr

from libra_emo.llm.client.failures import CallFailed, explain_failure, was_filtered
from libra_emo.llm.request.question import Model

NO_KEY = "none"
"""Sent to a server of one's own that asks for none, so that no provider's key goes there."""
PLAIN_PROTOCOL = "openai/"
"""Models that get the messages in OpenAI's protocol, just as we make them."""


class Returned(NamedTuple):
    """What a model returned; token counts are None where the provider told none."""

    reply: str | None
    finish: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    sound_tokens: int
    seconds: float


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
    api_key: SecretStr | None,
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
        api_key=reveal_key(model, api_key),
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
        if was_filtered(error):
            return Returned(None, "content_filter", 0, 0, 0, time.monotonic() - start)
        raise explain_failure(error, api_key) from None
    return _read(answer, time.monotonic() - start)


def reveal_key(model: Model, api_key: SecretStr | None) -> str | None:
    """Return the key to send; None lets litellm look into the environment for a provider's key."""
    if api_key is not None:
        return api_key.get_secret_value()
    return NO_KEY if model.api_base else None


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
