"""One call through litellm, and the completion that comes back."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from functools import cache
from typing import Any, NamedTuple

from pydantic import SecretStr

from libra_emo.llm.client.failures import (
    CallFailed,
    clean_reply,
    explain_failure,
    was_filtered,
)
from libra_emo.llm.request.question import Model

NO_KEY = "none"
"""Key that is sent to a server of one's own, so that litellm sends no provider's key there."""
PLAIN_PROTOCOL = "openai/"
"""Prefix of models that get the messages in OpenAI's protocol, unchanged."""


class Completion(NamedTuple):
    """Answer of a model.

    Attributes:
        reply: Text of the answer.
        finish: Reason for which it ended, as the provider names it.
        prompt_tokens: Tokens of the question; None if the provider returned no usage.
        completion_tokens: Tokens of the answer; None if the provider returned no usage.
        sound_tokens: Tokens of the sound among those of the question.
        seconds: Duration of the call; None in a batch.
    """

    reply: str | None
    finish: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    sound_tokens: int
    seconds: float | None


@cache
def load_litellm() -> Any:
    """Return litellm, quiet, with its own copy of the price table and without telemetry.

    Its hundreds of thousands of objects never become garbage. The garbage collector skips
    them from now on, so that calls cost less and a process ends at once instead of after seconds.
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
) -> Completion:
    """Return a model's answer, complete and within the time limit.

    Raises:
        CallFailed: If there is no answer.
    """
    start = time.monotonic()
    request = litellm.acompletion(
        model=model.name,
        api_base=model.api_base,
        api_key=reveal_key(model, api_key),
        timeout=timeout_s,
        max_retries=0,
        num_retries=0,
        **{**model.parameters, **_body(model, messages)},
    )
    try:
        answer = await asyncio.wait_for(request, timeout_s)
    except TimeoutError as error:
        raise CallFailed(f"no answer within {timeout_s:g} s", "retry", None) from error
    except Exception as error:  # litellm raises its own, OpenAI's, httpx's and plain ones
        if was_filtered(error):
            return Completion(None, "content_filter", 0, 0, 0, time.monotonic() - start)
        failure = explain_failure(error, api_key)
    else:
        found = _read(answer, time.monotonic() - start)
        return found._replace(reply=clean_reply(found.reply, api_key))
    raise failure  # outside of the handler: what the provider says may hold the key


def reveal_key(model: Model, api_key: SecretStr | None) -> str | None:
    """Return the key to send; None lets litellm look into the environment for a provider's key."""
    if api_key is not None:
        return api_key.get_secret_value()
    return NO_KEY if model.api_base else None


def _body(model: Model, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the arguments that carry the messages.

    OpenAI's package checks the type of every part of a message, which takes as long as all the rest
    of a call with sixteen pictures, but it does not look into `extra_body`. Other providers'
    adapters convert the messages and need them under their own name.
    """
    if not model.name.startswith(PLAIN_PROTOCOL):
        return {"messages": messages}
    words = [{"role": message["role"], "content": ""} for message in messages]
    extra = {**model.parameters.get("extra_body", {}), "messages": messages}
    return {"messages": words, "extra_body": extra}


def read_body(body: dict[str, Any]) -> Completion:
    """Return the completion in the body of a response, in OpenAI's protocol."""
    choices = body.get("choices") or [{}]
    message, finish = choices[0].get("message") or {}, choices[0].get("finish_reason")
    reply, refusal = message.get("content"), message.get("refusal")
    if not reply and refusal:
        reply, finish = str(refusal), "refusal"
    usage = body.get("usage") or {}
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    sound = (usage.get("prompt_tokens_details") or {}).get("audio_tokens") or 0
    if not prompt:
        return Completion(reply, finish, None, None, 0, None)
    return Completion(reply, finish, int(prompt), int(completion or 0), int(sound), None)


def _read(answer: Any, seconds: float) -> Completion:
    choices = getattr(answer, "choices", None)
    if not choices:
        return Completion(None, None, *_usage(answer), seconds)
    message, finish = choices[0].message, choices[0].finish_reason
    reply = message.content
    fields = getattr(message, "provider_specific_fields", None) or {}
    refusal = getattr(message, "refusal", None) or fields.get("refusal")
    if not reply and refusal:
        reply, finish = str(refusal), "refusal"
    return Completion(reply, finish, *_usage(answer), seconds)


def _usage(answer: Any) -> tuple[int | None, int | None, int]:
    usage = getattr(answer, "usage", None)
    prompt = getattr(usage, "prompt_tokens", None)
    completion = getattr(usage, "completion_tokens", None)
    details = getattr(usage, "prompt_tokens_details", None)
    sound = getattr(details, "audio_tokens", None) or 0
    if not prompt:  # litellm puts 0 if the provider returns no usage
        return None, None, 0
    return int(prompt), int(completion or 0), int(sound)
