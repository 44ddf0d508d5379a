"""What became of a model's questions as a whole: whether too many of them failed."""

from __future__ import annotations

from typing import Protocol


class Counts(Protocol):
    """Counts of a model's questions."""

    known: int
    answered: int
    failed: int
    last_failure: str | None


def describe_failures(who: str, counts: Counts) -> str | None:
    """Return a line about the questions that failed; None if none did.

    Args:
        who: The model in words, such as `voter 'gpt'`.
        counts: Counts of its questions.
    """
    if not counts.failed:
        return None
    total = counts.known + counts.answered + counts.failed
    last = f", the last: {counts.last_failure}" if counts.last_failure else ""
    return f"{who}: {counts.failed} of {total} questions failed{last}"


def fails_too_often(counts: Counts, most_failed_share: float) -> bool:
    """Return whether so many questions failed that the model must not count as one that answers.

    Args:
        counts: Counts of its questions.
        most_failed_share: Largest share of failed questions.
    """
    total = counts.known + counts.answered + counts.failed
    return counts.failed > most_failed_share * total
