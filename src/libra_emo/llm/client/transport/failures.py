"""Errors of calls: whether to stop, to wait or to try again, and whether the call was billed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import SecretStr

from libra_emo.common.retry_after import read_retry_after
from libra_emo.common.secrecy.hiding import hide_secrets, list_environment_secrets
from libra_emo.errors import LibraEmoError

LONGEST_MESSAGE = 300
LONGEST_CHAIN = 12
SHORTEST_IN_REPLY = 12
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
_FILTERED = re.compile(
    r"content[_ -]?(?:policy|filter|management|safety)|ResponsibleAI|moderation|was flagged|flagged"
    r"|data_?inspection|inappropriate content|sensitive (?:content|words?|information)"
    r"|prohibited_content"
    r"|guardrail|safety (?:system|filter|reasons)|harmful content|violates? (?:our|the|usage)",
    re.IGNORECASE,
)
_OF_ACCOUNT = re.compile(
    r"\b(?:account|organi[sz]ation|project|api key|your key|billing|permission|region|country"
    r"|suspended)\b",
    re.IGNORECASE,
)
_FILTERING = (400, 403, 422, 451)
_SCHEMA = re.compile(
    r"response_?format|json_?schema|response_?(?:json_?)?schema|structured[_ ]outputs?"
    r"|guided_(?:json|decoding)"
    r"|output_(?:format|config)|tool_choice|additionalProperties",
    re.IGNORECASE,
)
_NEVER_SENT = ("ClientConnectorError", "ConnectionRefusedError", "ClientConnectorDNSError")

FailureKind = Literal["stop", "forbidden", "slow_down", "retry", "clip", "schema"]


class CallFailed(LibraEmoError):
    """A call brought no answer.

    Attributes:
        kind: `stop` (every other call of this model would fail as well), `forbidden` (so would
            they, unless the model has answered before), `slow_down` (the rate limit is exceeded),
            `retry` (it may work later), `clip` (this question never works), `schema` (the model
            takes no schema of the reply).
        billed: False if the call certainly cost nothing; None if that is not known.
        wait_s: How many seconds the provider asks to wait.
    """

    def __init__(
        self, message: str, kind: FailureKind, billed: bool | None, wait_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.billed = billed
        self.wait_s = wait_s

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how pickle restores it in another process."""
        return CallFailed, (str(self), self.kind, self.billed, self.wait_s)


def explain_failure(error: BaseException, api_key: SecretStr | None = None) -> CallFailed:
    """Return what an error that litellm raised means."""
    chain = list(_chain(error))
    names = {type(one).__name__ for one in chain}
    status, details = _status(chain), _details(chain)
    message = clean_message(str(error), api_key)
    if _NO_KEY_SET.search(details):
        return CallFailed("there is no key for this model", "stop", False)
    if names & {"Timeout", "APITimeoutError", "TimeoutError"} or not isinstance(status, int):
        return CallFailed(message, "retry", None)
    if names & {"APIConnectionError", "ClientPayloadError", "ReadError"}:
        return CallFailed(message, "retry", None if not names & set(_NEVER_SENT) else False)
    if "LiteLLMUnknownProvider" in names or "LLM Provider NOT provided" in details:
        status = 404
    if status == 402 or (status in (400, 429) and _EXHAUSTED.search(details)):
        return CallFailed(f"the quota is used up: {message}", "stop", False)
    if status in _HOPELESS:
        kind: FailureKind = "forbidden" if status == 403 else "stop"
        return CallFailed(f"{_HOPELESS[status]}: {message}", kind, False)
    answered = status < 500 or "HTTPStatusError" in names
    kind = "slow_down" if status == 429 else "clip" if status < 500 else "retry"
    return CallFailed(message, kind, False if answered else None, _wait(chain))


def is_filtered(status: int, message: str) -> bool:
    """Return whether an error says that the provider's content filter refused the question."""
    if status not in _FILTERING or not _FILTERED.search(message):
        return False
    return status == 400 or not _OF_ACCOUNT.search(message)


def was_filtered(error: BaseException) -> bool:
    """Return whether the provider's content filter refused the question."""
    chain = list(_chain(error))
    return is_filtered(_status(chain), _details(chain))


def refuses_schema(error: BaseException) -> bool:
    """Return whether an error says that a model or its server takes no schema of the reply."""
    chain = list(_chain(error))
    names = {type(one).__name__ for one in chain}
    status = _status(chain)
    refused = status in (400, 404, 405, 415, 422, 500, 501) or "UnsupportedParamsError" in names
    return refused and bool(_SCHEMA.search(_details(chain)))


def _status(chain: list[BaseException]) -> Any:
    return next((s for s in (getattr(one, "status_code", None) for one in chain) if s), None)


def _details(chain: list[BaseException]) -> str:
    return " ".join(f"{type(one).__name__} {one} {getattr(one, 'body', '')}" for one in chain)


def clean_message(message: str, api_key: SecretStr | None = None) -> str:
    """Return the beginning of an error's message in one line, without any key."""
    message = hide_secrets(message, known_secrets(api_key))
    message = _URL_SECRET.sub("…", _SECRET.sub("…", message))
    message = " ".join(message.split())
    for _ in range(3):
        message = re.sub(r"^(?:litellm\.)?\w*(?:Error|Exception):? (?:- )?", "", message)
    message = re.sub(r"^\w+Exception - ", "", message)
    return message if len(message) <= LONGEST_MESSAGE else message[: LONGEST_MESSAGE - 1] + "…"


def known_secrets(api_key: SecretStr | None) -> list[str]:
    """Return the key of a call, and what litellm may have found in the environment."""
    own = [api_key.get_secret_value()] if api_key else []
    return [*own, *list_environment_secrets()]


def clean_reply(reply: str | None, api_key: SecretStr | None) -> str | None:
    """Return a reply in which no key stands that a server repeats.

    Only whole keys and long parts of them are hidden, since a reply is kept as it came otherwise.
    """
    if reply is None:
        return None
    return hide_secrets(reply, known_secrets(api_key), SHORTEST_IN_REPLY)


def _chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    for _ in range(LONGEST_CHAIN):
        if current is None:
            return
        yield current
        current = current.__cause__ or current.__context__


def _wait(chain: list[BaseException]) -> float | None:
    """Return the seconds that a `Retry-After` header asks for."""
    for one in chain:
        headers = getattr(one, "litellm_response_headers", None)
        headers = headers or getattr(getattr(one, "response", None), "headers", None) or {}
        value = headers.get("retry-after")
        seconds = read_retry_after(value) if value else None
        if seconds is not None:
            return seconds
    return None
