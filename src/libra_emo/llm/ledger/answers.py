"""An answer as the ledger keeps it, and how it is written and read."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Final, Literal

from libra_emo.llm.ledger.money import NANO, to_nano

ANSWERED: Final = "answered"
FAILED: Final = "failed"
_NAMES = (
    "key, asked, status, reply, finish, error, prompt_tokens, completion_tokens,"
    " cost_nanousd, seconds, answered_at"
)


@dataclass(frozen=True)
class Answer:
    """What came back for one question.

    Attributes:
        key: The hash of what was asked.
        asked: What was asked, in words: model, prompt, parameters, hashes of frames and sound.
        status: `answered`, which is final, or `failed`, which is asked again.
        reply: The raw reply.
        finish: Why the provider says that it ended.
        error: What went wrong.
        prompt_tokens: Used by the question.
        completion_tokens: Used by the answer.
        cost_usd: By our price list and the usage that the provider returned.
        seconds: From the call that brought the answer; None for a batch's.
        answered_at: ISO 8601 in UTC.
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


def write_answer(connection: sqlite3.Connection, answer: Answer, replace: bool) -> int:
    """Write an answer unless a final one is there; return how many rows changed.

    Args:
        connection: In a transaction.
        answer: The row.
        replace: Whether it takes the place of a final one too.
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
    statement = f"{verb} INTO answers ({_NAMES}) VALUES ({','.join('?' * len(values))})"
    if not replace:
        connection.execute("DELETE FROM answers WHERE key = ? AND status = ?", (answer.key, FAILED))
    return connection.execute(statement, values).rowcount


def to_answer(row: sqlite3.Row) -> Answer:
    """Return the answer that a row holds."""
    fields: dict[str, Any] = dict(row)
    cost = fields.pop("cost_nanousd")
    return Answer(**fields, cost_usd=None if cost is None else cost / NANO)
