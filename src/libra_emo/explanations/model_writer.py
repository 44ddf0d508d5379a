"""The writer that asks a model: the request about a clip, its texts, and when it is asked again.

A text that fails a check is requested again, with the fault named, until one passes or the number
of attempts is used up; then the last text is kept with its status. All of this follows from the
answers in the ledger, so a second run comes to the same texts and pays for none twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import NamedTuple

from libra_emo.explanations.cue_writer import ExplanationError
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.explanations.reply_checks import (
    REPEATED,
    CheckedReply,
    Fault,
    ReplyChecker,
    fingerprint,
)
from libra_emo.languages.codes import language_name
from libra_emo.llm.client.model import LlmResources, ModelError, QuestionBuilder
from libra_emo.llm.client.settings import LazyQuestion
from libra_emo.llm.ledger.ledger import ANSWERED, RecordedAnswer
from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.reader import CANNOT_TELL, Reply
from libra_emo.llm.request.prompts import permitted_labels
from libra_emo.llm.request.question import Question
from libra_emo.llm.request.reply_schema import build_response_format
from libra_emo.taxonomy import Taxonomy

FAILED = "failed"
SCHEMA = "schema"
PLAIN = "json"
"""Form that a model is asked for which takes no schema."""


class LabelledClip(NamedTuple):
    """A clip whose label is to be explained."""

    clip_id: str
    label: str
    subtitle: str


class Attempt(NamedTuple):
    """One request for a text and what became of it; there is no answer if the call failed."""

    checked: CheckedReply
    answer: RecordedAnswer | None


@dataclass
class Draft:
    """The explanation of a clip while it is being written.

    Attributes:
        clip: The clip.
        attempts: Requests so far.
        repeated: Whether too many clips have the last text.
        pending: Whether the next request has no answer yet and no model is to be asked.
    """

    clip: LabelledClip
    attempts: list[Attempt] = field(default_factory=list)
    repeated: bool = False
    pending: bool = False

    @property
    def status(self) -> str:
        """Status of the last request."""
        return REPEATED if self.repeated else self.attempts[-1].checked.status

    def faults(self) -> tuple[Fault, ...]:
        """Return the faults of the last text."""
        if not self.attempts:
            return ()
        own = self.attempts[-1].checked.faults
        return (*own, Fault(REPEATED)) if self.repeated else own

    def freeze(self) -> None:
        """Make `repeated` the last attempt's own status, before the next attempt."""
        if self.repeated:
            checked, answer = self.attempts[-1]
            kept = checked._replace(status=REPEATED, faults=self.faults())
            self.attempts[-1] = Attempt(kept, answer)
            self.repeated = False

    def is_due(self, max_attempts: int) -> bool:
        """Return whether another request is due."""
        if self.pending or len(self.attempts) >= max_attempts:
            return False
        if not self.attempts:
            return True
        return self.status != FAILED and (self.repeated or not self.attempts[-1].checked.passed)


def mark_repeats(drafts: Sequence[Draft], max_identical: int) -> None:
    """Mark the drafts whose last text passes its checks but is shared by too many clips."""
    prints = {
        draft.clip.clip_id: fingerprint(str(draft.attempts[-1].checked.text))
        for draft in drafts
        if draft.attempts and draft.attempts[-1].checked.passed
    }
    counts = Counter(prints.values())
    for draft in drafts:
        own = prints.get(draft.clip.clip_id)
        draft.repeated = own is not None and counts[own] > max_identical


SendRequests = Callable[[Sequence[Draft], int], dict[str, str]]
"""Sends the next request of each draft; returns clip → key of the answer in the ledger."""


class ModelWriter:
    """Asks a model why clips have their labels.

    Raises:
        ExplanationError: If the model cannot be asked as configured, or a second request for a text
            would be the same as the first.
    """

    def __init__(
        self, options: ExplanationOptions, taxonomy: Taxonomy, resources: LlmResources
    ) -> None:
        self.options = options
        self.taxonomy = taxonomy
        self.resources = resources
        try:
            self.builder = QuestionBuilder(options.writer, resources)
        except ModelError as error:
            raise ExplanationError(f"writer {options.writer.name!r}: {error}") from error
        self.settings = replace(self.builder.settings, schema=self._by_schema)
        self.labels = permitted_labels(taxonomy, options.label_set)
        self.checker = ReplyChecker(Lexicon(taxonomy, self.labels), options, self._request)
        self._check_prompt()

    @property
    def _by_schema(self) -> bool:
        return self.options.writer.reply_form == SCHEMA

    @cached_property
    def _response_format(self) -> dict[str, object]:
        """The schema; it offers all labels, so that a text about another one is found out."""
        return build_response_format(self.labels, CANNOT_TELL)

    def question(self, clip: LabelledClip, attempt: int, faults: tuple[Fault, ...]) -> Question:
        """Return the request for a text; the clip's files are read, but not decoded."""
        variables = self._variables(clip.label, attempt, faults)
        question = self.builder.build(clip.clip_id, clip.subtitle, **variables)
        if not self._by_schema:
            return question
        variables["reply_form"] = PLAIN
        plain = self.builder.build(clip.clip_id, clip.subtitle, **variables)
        return replace(question, response_format=self._response_format, plain=plain)

    def questions(self, drafts: Iterable[Draft]) -> list[LazyQuestion]:
        """Return the next request of each draft."""
        return [
            partial(self.question, draft.clip, len(draft.attempts) + 1, draft.faults())
            for draft in drafts
        ]

    def write(self, clips: Iterable[LabelledClip], send: SendRequests) -> list[Draft]:
        """Return the draft of each clip once no request is due any more."""
        drafts = [Draft(clip) for clip in clips]
        last = self.options.max_attempts
        turn = 1
        while due := [draft for draft in drafts if draft.is_due(last)]:
            keys = send(due, turn)
            answers = self.resources.ledger.find(keys.values())
            for draft in due:
                draft.freeze()
                if not draft.pending:
                    answer = answers.get(keys[draft.clip.clip_id])
                    draft.attempts.append(self._attempt(draft.clip, answer))
            mark_repeats(drafts, self.options.max_identical)
            turn += 1
        return drafts

    def _attempt(self, clip: LabelledClip, answer: RecordedAnswer | None) -> Attempt:
        if answer is None or answer.status != ANSWERED:
            nothing = CheckedReply(FAILED, None, (), Reply("empty"))
            return Attempt(nothing, None)
        checked = self.checker.check_reply(answer.reply, answer.finish, clip.label, clip.subtitle)
        return Attempt(checked, answer)

    def _variables(self, label: str, attempt: int, faults: tuple[Fault, ...]) -> dict[str, object]:
        return {
            "label": label,
            "definition": self.taxonomy[label].definition,
            "language": language_name(self.options.language),
            "min_characters": self.options.min_characters,
            "max_characters": self.options.max_characters,
            "attempt": attempt,
            "faults": [fault._asdict() for fault in faults],
            "reply_form": self.options.writer.reply_form,
            "cannot_tell": CANNOT_TELL,
        }

    def _request(self, label: str, attempt: int = 1, faults: tuple[Fault, ...] = ()) -> str:
        """Return the words of the request for a label, without a subtitle."""
        encoding = self.builder.encoding
        rendered = self.resources.prompt.render(
            frames=encoding.frames,
            sound=encoding.sound,
            subtitle=None,
            duration_s=0.0,
            **self._variables(label, attempt, faults),
        )
        return f"{rendered.system}\n{rendered.user}"

    def _check_prompt(self) -> None:
        """Raise unless each request for one text differs from those before it.

        An equal request would have the same key, and so the answer that was just rejected.
        """
        faults = (Fault("too_long"),)
        requests = {
            self._request(self.taxonomy.labels[0], number, faults if number > 1 else ())
            for number in range(1, self.options.max_attempts + 1)
        }
        if len(requests) < self.options.max_attempts:
            raise ExplanationError(
                f"prompt {self.resources.prompt.name}: a second request for a text would be the "
                "same as the first, whose answer is known; use `attempt` and `faults` in it, or "
                "set explanation.max_attempts to 1"
            )
