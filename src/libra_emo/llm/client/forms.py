"""The two forms of a question, with and without a schema of the reply, and which of them counts."""

from __future__ import annotations

from typing import NamedTuple

from libra_emo.llm.ledger.answers import describes_other
from libra_emo.llm.ledger.errors import LedgerError
from libra_emo.llm.ledger.ledger import ANSWERED, Ledger, RecordedAnswer
from libra_emo.llm.request.question import Question


class ChosenForm(NamedTuple):
    """The form of a question that is to be asked, or that was.

    Attributes:
        question: The question.
        plain: Whether it stands for one with a schema.
        answer: Its final answer in the ledger; None if there is none.
    """

    question: Question
    plain: bool
    answer: RecordedAnswer | None


def choose_form(ledger: Ledger, question: Question) -> ChosenForm:
    """Return the form of a question that counts.

    A question with a schema counts without it if the model is known to take none, or if only that
    form has an answer, as in a recording of a model that takes none.

    Raises:
        LedgerError: If the answer under a key is that of another question.
    """
    answer = find_final(ledger, question)
    if answer is not None or question.plain is None:
        return ChosenForm(question, False, answer)
    answer = find_final(ledger, question.plain)
    if answer is not None or ledger.is_plain(question.model.address):
        return ChosenForm(question.plain, True, answer)
    return ChosenForm(question, False, None)


def find_final(ledger: Ledger, question: Question) -> RecordedAnswer | None:
    """Return the final answer to a question, or None if there is none.

    Raises:
        LedgerError: If the answer under its key is that of another question.
    """
    answer = ledger.find([question.key]).get(question.key)
    if answer is None or answer.status != ANSWERED:
        return None
    if describes_other(answer.asked, question.describe()):
        raise LedgerError(
            f"{ledger.name}: the answer under the key {question.key} (clip {question.clip_id}) is "
            "that of another question; replay the recording as it was exported into a new ledger"
        )
    return answer
