"""An answer as the ledger records it, and how its row is written and read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, Literal

from libra_emo.llm.ledger.connection import Connection
from libra_emo.llm.ledger.integrity import write_checksum
from libra_emo.llm.ledger.money import NANO, to_nano

ANSWERED: Final = "answered"
FAILED: Final = "failed"
_COLUMNS = (
    "key, asked, status, reply, finish, error, prompt_tokens, completion_tokens,"
    " cost_nanousd, seconds, answered_at, logprobs"
)


@dataclass(frozen=True)
class RecordedAnswer:
    """The answer to one question, as the ledger records it.

    Attributes:
        key: Digest of the question.
        asked: Description of the question as JSON: model, parameters, versions and digests.
        status: `answered`, which is final, or `failed`, which is asked again.
        reply: Raw reply of the model.
        finish: Reason for which the reply ended, as the provider names it.
        error: What went wrong.
        prompt_tokens: Number of tokens of the question.
        completion_tokens: Number of tokens of the answer.
        cost_usd: Cost by our price list and the usage that the provider returned.
        seconds: Duration of the call that brought the answer; None for a batch.
        answered_at: Time of the answer, ISO 8601 in UTC.
        logprobs: Log-probabilities of its first tokens as JSON, where the provider gave them.
    """

    key: str
    asked: str
    status: Literal["answered", "failed"]
    reply: str | None = None
    finish: str | None = None
    error: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    seconds: float | None = None
    answered_at: str | None = None
    logprobs: str | None = None


def key_in(asked: str) -> str | None:
    """Return the key that a question's description names; older descriptions name none."""
    try:
        described = json.loads(asked)
    except ValueError:
        return None
    key = described.get("key") if isinstance(described, dict) else None
    return key if isinstance(key, str) else None


def describes_other(asked: str, question: str) -> bool:
    """Return whether an answer's description is that of another question.

    The clip may be another one, since the same pictures and words make the same question; a field
    that only one of them has, says nothing.

    Args:
        asked: Description beside the answer.
        question: Description of the question that is asked now.
    """
    try:
        before, now = json.loads(asked), json.loads(question)
    except ValueError:
        return False
    if not isinstance(before, dict) or not isinstance(now, dict):
        return False
    shared = (before.keys() & now.keys()) - {"clip_id", "prompt"}
    return any(before[name] != now[name] for name in shared)


def without_surrogates(text: str | None) -> str | None:
    """Return a text that can be stored: a lone half of a surrogate pair becomes a question mark."""
    return None if text is None else text.encode("utf-8", "replace").decode("utf-8")


def write_answer(connection: Connection, answer: RecordedAnswer, replace: bool) -> int:
    """Write an answer unless a final one is there; return how many rows changed.

    Args:
        connection: Connection within a transaction.
        answer: The answer.
        replace: Whether it replaces a final one too.
    """
    cost = None if answer.cost_usd is None else to_nano(answer.cost_usd)
    values = (
        answer.key,
        answer.asked,
        answer.status,
        without_surrogates(answer.reply),
        without_surrogates(answer.finish),
        without_surrogates(answer.error),
        answer.prompt_tokens,
        answer.completion_tokens,
        cost,
        answer.seconds,
        answer.answered_at,
        answer.logprobs,
    )
    verb = "REPLACE" if replace else "INSERT OR IGNORE"
    statement = f"{verb} INTO answers ({_COLUMNS}) VALUES ({','.join('?' * len(values))})"
    if not replace:
        connection.execute("DELETE FROM answers WHERE key = ? AND status = ?", (answer.key, FAILED))
    changed = connection.execute(statement, values).rowcount
    if changed:
        write_checksum(connection, answer.key)
    return changed


def read_answer(row: Any) -> RecordedAnswer:
    """Return the answer in a row."""
    fields: dict[str, Any] = dict(row)
    cost = fields.pop("cost_nanousd")
    return RecordedAnswer(**fields, cost_usd=None if cost is None else cost / NANO)
