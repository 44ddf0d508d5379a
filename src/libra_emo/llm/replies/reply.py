"""What is read out of a reply: a status, a label, an explanation, and the rules that led there."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from libra_emo.llm.replies.labels import SEVERAL, FoundLabel
from libra_emo.llm.replies.refusals import is_placeholder, is_refusal

ReplyForm = Literal["semicolon", "json", "lines", "schema"]
Status = Literal[
    "ok",
    "repaired",
    "ambiguous",
    "out_of_taxonomy",
    "out_of_form",
    "refused",
    "empty",
    "truncated",
]
OBJECT_FORMS: Final = ("json", "schema")
CANNOT_TELL: Final = "cannot_tell"
"""Answer that a schema offers beside the labels; it is read as a refusal."""


class Reply(NamedTuple):
    """Reading of a reply.

    Attributes:
        status: One of the statuses of a vote.
        label: The label; None unless the status is ok or repaired.
        explanation: The rest of the reply; None if there is none.
        rules: Names of the repairs that led to the label, or of what was found instead.
    """

    status: Status
    label: str | None = None
    explanation: str | None = None
    rules: tuple[str, ...] = ()


def several_labels(text: str | None, rules: tuple[str, ...] = ()) -> Reply:
    """Return the reading of a reply that gives several labels the same place."""
    return Reply("ambiguous", None, text or None, (*rules, "several_labels"))


def refusal(text: str | None, rules: tuple[str, ...] = ("refusal",)) -> Reply:
    """Return the reading of a reply that refuses."""
    return Reply("refused", None, text or None, rules)


def labelled(
    found: FoundLabel, explanation: str | None, text: str, rules: tuple[str, ...] = ()
) -> Reply:
    """Return the reading of a label and its explanation, which may take the label back.

    Args:
        found: The label.
        explanation: The text beside it.
        text: The whole reply.
        rules: Rules that were applied before.
    """
    if found is SEVERAL or found.label is None:
        return several_labels(explanation or text, rules)
    if explanation is not None and is_refusal(explanation):
        return refusal(explanation, (*rules, "refusal"))
    if explanation is not None and is_placeholder(explanation):
        explanation = None
    missing = ("no_explanation",) if explanation is None and "bare_label" not in rules else ()
    return Reply("repaired", found.label, explanation, (*rules, *found.rules, *missing))


def gives_nothing(explanation: str) -> bool:
    """Return whether an explanation explains nothing."""
    return is_refusal(explanation) or is_placeholder(explanation)


def is_cannot_tell(text: str) -> bool:
    """Return whether a text is the answer that stands for no label."""
    return "_".join(text.replace("_", " ").split()).casefold().strip(" .[]") == CANNOT_TELL
