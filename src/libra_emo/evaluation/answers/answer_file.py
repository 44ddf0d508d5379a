"""What a file of answers says, before it is matched to a set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from libra_emo.errors import LibraEmoError

ANSWERED, UNREADABLE, REFUSED, BLOCKED, FAILED, MISSING = STATUSES = (
    "answered",  # with a label
    "unreadable",  # an answer from which no label could be read
    "refused",  # the model declined
    "blocked",  # the provider's safety filter ended the answer
    "failed",  # the model was asked, and no answer came
    "missing",  # there is nothing for the clip
)
WITHOUT_LABEL = (UNREADABLE, REFUSED, BLOCKED)
WITHOUT_ANSWER = (FAILED, MISSING)
# words that files use for a status, beside its own name
_WORDS = {
    ANSWERED: ("ok", "repaired", "success", "stop"),
    UNREADABLE: (
        *("ambiguous", "out_of_taxonomy", "out_of_form", "empty", "truncated", "abstained"),
        "invalid",
    ),
    REFUSED: ("refusal",),
    BLOCKED: ("content_filter", "safety", "filtered"),
    FAILED: ("error", "timeout"),
    MISSING: (),
}
STATUS_OF = {word: status for status, words in _WORDS.items() for word in (status, *words)}


class AnswerError(LibraEmoError):
    """A file of answers cannot be read, or does not fit the set."""


class RawAnswer(NamedTuple):
    """One answer as it stands in a file.

    Attributes:
        clip_id: Id of the clip.
        label: The label, where the file gives labels; empty or None where it could not be read.
        reply: The model's own words, where the file gives them.
        finish: Why the provider says that the reply ended.
        status: One of `STATUSES` where the file says more than a label or reply can.
    """

    clip_id: str
    label: str | None = None
    reply: str | None = None
    finish: str | None = None
    status: str | None = None


@dataclass(frozen=True)
class AnswerFile:
    """The answers of one model.

    Attributes:
        model: Name of the model.
        modalities: What it was shown, in letters of V, A, T; empty where not known.
        path: The file.
        answers: Its answers in the file's order.
        labelled: Whether the file gives labels; otherwise replies are read.
        probabilities: For each label or class the file has a column for, the probability of each
            answer; None where there are none.
        prompt: Version of the prompt, where the file gives it.
    """

    model: str
    modalities: str
    path: Path
    answers: tuple[RawAnswer, ...]
    labelled: bool
    probabilities: Mapping[str, tuple[float, ...]] | None = None
    prompt: str = ""
