"""An answer as the ledger records it, and how its row is written and read."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Final, Literal

from libra_emo.llm.ledger.money import NANO, to_nano

ANSWERED: Final = "answered"
FAILED: Final = "failed"
_COLUMNS = (
    "key, asked, status, reply, finish, error, prompt_tokens, completion_tokens,"
    " cost_nanousd, seconds, answered_at"
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


def write_answer(connection: sqlite3.Connection, answer: RecordedAnswer, replace: bool) -> int:
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
        answer.reply,
        answer.finish,
        answer.error,
        answer.prompt_tokens,
        answer.completion_tokens,
        cost,
        answer.seconds,
        answer.answered_at,
    )
    verb = "REPLACE" if replace else "INSERT OR IGNORE"
    statement = f"{verb} INTO answers ({_COLUMNS}) VALUES ({','.join('?' * len(values))})"
    if not replace:
        connection.execute("DELETE FROM answers WHERE key = ? AND status = ?", (answer.key, FAILED))
    return connection.execute(statement, values).rowcount


def read_answer(row: sqlite3.Row) -> RecordedAnswer:
    """Return the answer in a row."""
    fields: dict[str, Any] = dict(row)
    cost = fields.pop("cost_nanousd")
    return RecordedAnswer(**fields, cost_usd=None if cost is None else cost / NANO)
