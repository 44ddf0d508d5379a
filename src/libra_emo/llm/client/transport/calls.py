"""One call through litellm."""

from __future__ import annotations

import asyncio
import gc
import os
import time
import warnings
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import SecretStr

from libra_emo.llm.client.transport.bodies import install_watch, watch_bodies
from libra_emo.llm.client.transport.completions import (
    Completion,
    native_finish,
    read_answer,
    read_raw,
)
from libra_emo.llm.client.transport.failures import (
    CallFailed,
    clean_message,
    clean_reply,
    explain_failure,
    refuses_schema,
    was_filtered,
)
from libra_emo.llm.finishes import was_aborted, was_blocked, was_cut
from libra_emo.llm.request.question import Model

NO_KEY = "none"
"""Key that is sent to a server of one's own, so that litellm sends no provider's key there."""
PLAIN_PROTOCOL = "openai/"
"""Prefix of models that get the messages in OpenAI's protocol, unchanged."""


@cache
def load_litellm() -> Any:
    """Return litellm, quiet, with its own copy of the price table and without telemetry.

    Its hundreds of thousands of objects never become garbage. The garbage collector skips
    them from now on, so that calls cost less and a process ends at once instead of after seconds.
    """
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import litellm

    # what an odd server sends is read by us, whatever type it has
    warnings.filterwarnings("ignore", message="Pydantic serializer warnings")
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.turn_off_message_logging = True
    litellm.disable_streaming_logging = True
    install_watch()
    gc.freeze()
    return litellm


async def call(
    litellm: Any,
    model: Model,
    messages: list[dict[str, Any]],
    api_key: SecretStr | None,
    timeout_s: float,
    response_format: Mapping[str, Any] | None = None,
) -> Completion:
    """Return a model's answer, complete and within the time limit.

    An answer with status 200 that holds no text was billed: it is returned as one that was aborted.

    Raises:
        CallFailed: If there is no answer.
    """
    start = time.monotonic()
    arguments = {**model.parameters, **_body(model, messages, response_format)}
    try:
        with watch_bodies() as bodies:
            request = litellm.acompletion(
                model=model.name,
                api_base=model.api_base,
                api_key=reveal_key(model, api_key),
                timeout=timeout_s,
                max_retries=0,
                num_retries=0,
                **arguments,
            )
            answer = await asyncio.wait_for(request, timeout_s)
    except TimeoutError as error:
        raise CallFailed(f"no answer within {timeout_s:g} s", "retry", None) from error
    except Exception as error:  # litellm raises its own, OpenAI's, httpx's and plain ones
        seconds = time.monotonic() - start
        if was_filtered(error):
            return Completion(None, "content_filter", 0, 0, 0, seconds)
        if response_format is not None and refuses_schema(error):
            raise CallFailed(clean_message(str(error), api_key), "schema", False) from None
        failure = explain_failure(error, api_key)
        found = read_raw(bodies[-1], seconds) if bodies else None
    else:
        found = _read(model, answer, bodies, time.monotonic() - start)
    if found is None:
        raise failure  # outside of the handler: what the provider says may hold the key
    return found._replace(reply=clean_reply(found.reply, api_key))


def _read(model: Model, answer: Any, bodies: list[bytes], seconds: float) -> Completion:
    """Return the completion of an answer, as it came where the protocol is OpenAI's own."""
    if bodies and bodies[-1] and model.name.startswith(PLAIN_PROTOCOL):
        return read_raw(bodies[-1], seconds)
    found = read_answer(answer, seconds)
    finish = native_finish(bodies[-1]) if bodies else None
    odd = was_blocked(finish) or was_cut(finish) or was_aborted(finish)
    return found._replace(finish=finish) if odd and found.finish in (None, "stop") else found


def reveal_key(model: Model, api_key: SecretStr | None) -> str | None:
    """Return the key to send; None lets litellm look into the environment for a provider's key."""
    if api_key is not None:
        return api_key.get_secret_value()
    return NO_KEY if model.api_base else None


def _body(
    model: Model, messages: list[dict[str, Any]], response_format: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return the arguments that carry the messages and the schema of the reply.

    OpenAI's package checks the type of every part of a message, which takes as long as all the rest
    of a call with sixteen pictures, but it does not look into `extra_body`. Other providers'
    adapters convert the messages and need them under their own name.
    """
    form = {} if response_format is None else {"response_format": dict(response_format)}
    if not model.name.startswith(PLAIN_PROTOCOL):
        return {"messages": messages, **form}
    words = [{"role": message["role"], "content": ""} for message in messages]
    extra = {**(model.parameters.get("extra_body") or {}), "messages": messages, **form}
    return {"messages": words, "extra_body": extra}
