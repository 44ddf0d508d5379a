"""The completion in the body of a response: text, reason of its end, usage, log-probabilities.

Gateways differ in what they put where. A body that came whole is never lost: what cannot be read of
it is left out, and the rest is kept.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

ABORTED: Final = "abort"
"""Reason of the end of a body that holds no answer, although it came with status 200."""
MOST_LOGPROBS: Final = 32
"""Number of tokens from the first on whose log-probabilities are kept; a label is among them."""
MOST_TOKENS: Final = 10**9


class Completion(NamedTuple):
    """Answer of a model.

    Attributes:
        reply: Text of the answer.
        finish: Reason for which it ended, as the provider names it.
        prompt_tokens: Tokens of the question; None if the provider returned no usage.
        completion_tokens: Tokens of the answer; None if the provider returned no usage.
        sound_tokens: Tokens of the sound among those of the question.
        seconds: Duration of the call; None in a batch.
        logprobs: Log-probabilities of the first tokens as JSON; None if there are none.
    """

    reply: str | None
    finish: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    sound_tokens: int
    seconds: float | None
    logprobs: str | None = None


def read_body(body: Any, seconds: float | None = None) -> Completion:
    """Return the completion in the body of a response, in OpenAI's protocol; never raise.

    A body without an answer gives one that was aborted: it is asked again, but it was billed.
    """
    fields = body if isinstance(body, Mapping) else {}
    usage = _usage(fields.get("usage"))
    choices = fields.get("choices")
    first = choices[0] if isinstance(choices, Sequence) and choices else None
    if not isinstance(first, Mapping):
        return Completion(None, ABORTED, *usage, seconds)
    message = first.get("message")
    message = message if isinstance(message, Mapping) else {}
    finish = first.get("finish_reason")
    reply, finish = _text(message.get("content")), finish if isinstance(finish, str) else None
    own = message.get("provider_specific_fields")
    refusal = message.get("refusal") or (own.get("refusal") if isinstance(own, Mapping) else None)
    if not reply and refusal:
        reply, finish = str(refusal), "refusal"
    logprobs = _logprobs(first.get("logprobs"))
    if reply is not None:
        reply = reply.encode("utf-8", "replace").decode("utf-8")
    return Completion(reply, finish, *usage, seconds, logprobs)


def read_answer(answer: Any, seconds: float) -> Completion:
    """Return the completion in an answer of litellm."""
    whole = answer.model_dump(warnings=False) if hasattr(answer, "model_dump") else answer
    return read_body(whole, seconds)


def read_raw(content: bytes, seconds: float | None = None) -> Completion:
    """Return the completion in the bytes of a body; one that is no JSON was aborted."""
    return read_body(_load(content), seconds)


def native_finish(content: bytes) -> str | None:
    """Return the reason of the end as a provider with a protocol of its own named it, or None.

    litellm turns a name that it does not know into `stop`.
    """
    body = _load(content)
    if not isinstance(body, Mapping):
        return None
    candidates = body.get("candidates")
    first = candidates[0] if isinstance(candidates, Sequence) and candidates else body
    fields = first if isinstance(first, Mapping) else {}
    found = fields.get("finishReason") or fields.get("stop_reason")
    return found if isinstance(found, str) else None


def _load(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None


def _text(content: Any) -> str | None:
    """Return the text of a message: a string, or the texts of its parts."""
    if isinstance(content, str) or content is None:
        return content
    if isinstance(content, Mapping):
        content = [content]
    if not isinstance(content, Sequence):
        return str(content)
    texts = [_part(part) for part in content]
    return "".join(texts) if any(texts) else None


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    kind = part.get("type") if isinstance(part, Mapping) else "unknown"
    text = part.get("text") if kind in (None, "text", "output_text") else None
    return text if isinstance(text, str) else ""


def _usage(usage: Any) -> tuple[int | None, int | None, int]:
    """Return the tokens of question, answer and sound.

    Gateways of thinking models leave the tokens of the thinking out of those of the answer; what
    the total has beyond the question counts as answer, since it is billed.
    """
    if not isinstance(usage, Mapping):
        return None, None, 0
    prompt, total = _count(usage.get("prompt_tokens")), _count(usage.get("total_tokens"))
    if not prompt:  # litellm puts 0 if the provider returns no usage
        return None, None, 0
    answer = _count(usage.get("completion_tokens")) or 0
    details = usage.get("completion_tokens_details")
    thinking = _count(details.get("reasoning_tokens")) if isinstance(details, Mapping) else None
    if thinking is not None and thinking > answer:
        answer += thinking
    details = usage.get("prompt_tokens_details")
    sound = _count(details.get("audio_tokens")) if isinstance(details, Mapping) else None
    return prompt, max(answer, (total or 0) - prompt), min(sound or 0, prompt)


def _count(value: Any) -> int | None:
    """Return a number of tokens; None for what is no such number."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    if isinstance(value, bool) or not math.isfinite(number) or not 0 <= number <= MOST_TOKENS:
        return None
    return math.ceil(number)


def _logprobs(logprobs: Any) -> str | None:
    """Return the log-probabilities of the first tokens and their alternatives as JSON.

    Each token is a pair of itself and an object: alternative → log-probability.
    """
    content = logprobs.get("content") if isinstance(logprobs, Mapping) else None
    if not isinstance(content, Sequence) or not content:
        return None
    kept = []
    for token in content[:MOST_LOGPROBS]:
        if not isinstance(token, Mapping) or not isinstance(token.get("token"), str):
            return None
        others = token.get("top_logprobs")
        others = others if isinstance(others, Sequence) else []
        both = [one for one in (token, *others) if isinstance(one, Mapping)]
        known = {str(one.get("token")): _logprob(one.get("logprob")) for one in both}
        kept.append([token["token"], {t: p for t, p in known.items() if p is not None}])
    return json.dumps(kept, ensure_ascii=True, separators=(",", ":"))


def _logprob(value: Any) -> float | None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return round(min(0.0, float(value)), 4) if number and math.isfinite(value) else None
