"""The writer that asks a model: the request about a clip, its texts, and when it is asked again.

A text that fails a check is asked for again, with the fault named, until one passes or the number
of attempts is used up; then the last one is kept with its status. Everything follows from the
answers in the ledger, so a second run comes to the same texts and pays for none twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from libra_emo.explanations.cue_writer import ExplanationError
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.explanations.reply_checks import REPEATED, Fault, Judge, Judgement, fingerprint
from libra_emo.languages.codes import language_name
from libra_emo.llm.client.model import Asker, LlmResources, ModelError
from libra_emo.llm.ledger.ledger import ANSWERED, Answer
from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.reader import Reply
from libra_emo.llm.request.prompts import permitted_labels
from libra_emo.llm.request.question import Question
from libra_emo.taxonomy import Taxonomy

FAILED = "failed"


class Clip(NamedTuple):
    """What is to be explained."""

    clip_id: str
    label: str
    subtitle: str


class Attempt(NamedTuple):
    """One request for a text and what became of it; there is no answer where the call failed."""

    judgement: Judgement
    answer: Answer | None


@dataclass
class Telling:
    """A clip on its way to an explanation.

    Attributes:
        clip: What is to be explained.
        attempts: The requests so far.
        repeated: Whether too many clips have the last text.
        pending: Whether the next request has no answer yet and nobody is to be asked.
    """

    clip: Clip
    attempts: list[Attempt] = field(default_factory=list)
    repeated: bool = False
    pending: bool = False

    @property
    def status(self) -> str:
        """What became of the last request."""
        return REPEATED if self.repeated else self.attempts[-1].judgement.status

    def faults(self) -> tuple[Fault, ...]:
        """Return what was wrong with the last text."""
        if not self.attempts:
            return ()
        own = self.attempts[-1].judgement.faults
        return (*own, Fault(REPEATED)) if self.repeated else own

    def freeze(self) -> None:
        """Keep `repeated` as the last attempt's own status, before the next one."""
        if self.repeated:
            judgement, answer = self.attempts[-1]
            kept = judgement._replace(status=REPEATED, faults=self.faults())
            self.attempts[-1] = Attempt(kept, answer)
            self.repeated = False

    def wants(self, max_attempts: int) -> bool:
        """Tell whether another request is due."""
        if self.pending or len(self.attempts) >= max_attempts:
            return False
        if not self.attempts:
            return True
        return self.status != FAILED and (self.repeated or not self.attempts[-1].judgement.passed)


def mark_repeats(tellings: Sequence[Telling], most: int) -> None:
    """Mark the tellings whose last text would pass, if no more clips than `most` had it."""
    prints = {
        telling.clip.clip_id: fingerprint(str(telling.attempts[-1].judgement.text))
        for telling in tellings
        if telling.attempts and telling.attempts[-1].judgement.passed
    }
    counts = Counter(prints.values())
    for telling in tellings:
        own = prints.get(telling.clip.clip_id)
        telling.repeated = own is not None and counts[own] > most


Put = Callable[[Sequence[Telling], int], dict[str, str]]
"""Puts the next request of each telling; returns clip → the key under which its answer lies."""


class ModelWriter:
    """Asks a model why clips have their labels.

    Raises:
        ExplanationError: If the model cannot be asked as configured, or the prompt could not be
            put a second time.
    """

    def __init__(
        self, options: ExplanationOptions, taxonomy: Taxonomy, tools: LlmResources
    ) -> None:
        self.options = options
        self.taxonomy = taxonomy
        self.tools = tools
        try:
            self.asker = Asker(options.writer, tools)
        except ModelError as error:
            raise ExplanationError(f"writer {options.writer.name!r}: {error}") from error
        lexicon = Lexicon(taxonomy, permitted_labels(taxonomy, options.label_set))
        self.judge = Judge(lexicon, options, self._request)
        self._check_prompt()

    def question(self, clip: Clip, attempt: int, faults: tuple[Fault, ...]) -> Question:
        """Return the request for a text; its files are read, nothing is decoded."""
        known = self._known(clip.label, attempt, faults)
        return self.asker.question(clip.clip_id, clip.subtitle, **known)

    def makers(self, tellings: Iterable[Telling]) -> list[Callable[[], Question]]:
        """Return what makes the next request of each telling."""
        return [
            partial(self.question, telling.clip, len(telling.attempts) + 1, telling.faults())
            for telling in tellings
        ]

    def write(self, clips: Iterable[Clip], put: Put) -> list[Telling]:
        """Return what became of each clip once no request is due any more."""
        tellings = [Telling(clip) for clip in clips]
        last = self.options.max_attempts
        turn = 1
        while due := [telling for telling in tellings if telling.wants(last)]:
            keys = put(due, turn)
            answers = self.tools.ledger.find(keys.values())
            for telling in due:
                telling.freeze()
                if not telling.pending:
                    answer = answers.get(keys[telling.clip.clip_id])
                    telling.attempts.append(self._attempt(telling.clip, answer))
            mark_repeats(tellings, self.options.max_identical)
            turn += 1
        return tellings

    def _attempt(self, clip: Clip, answer: Answer | None) -> Attempt:
        if answer is None or answer.status != ANSWERED:
            nothing = Judgement(FAILED, None, (), Reply("empty"))
            return Attempt(nothing, None)
        judged = self.judge.judge(answer.reply, answer.finish, clip.label, clip.subtitle)
        return Attempt(judged, answer)

    def _known(self, label: str, attempt: int, faults: tuple[Fault, ...]) -> dict[str, object]:
        return {
            "label": label,
            "definition": self.taxonomy[label].definition,
            "language": language_name(self.options.language),
            "min_characters": self.options.min_characters,
            "max_characters": self.options.max_characters,
            "attempt": attempt,
            "faults": [fault._asdict() for fault in faults],
        }

    def _request(self, label: str, attempt: int = 1, faults: tuple[Fault, ...] = ()) -> str:
        """Return the words of the request for a label, without a subtitle."""
        dressing = self.asker.dressing
        wording = self.tools.prompt.render(
            frames=dressing.frames,
            sound=dressing.sound,
            subtitle=None,
            duration_s=0.0,
            **self._known(label, attempt, faults),
        )
        return f"{wording.system}\n{wording.user}"

    def _check_prompt(self) -> None:
        """Raise unless each request for one text differs from those before it."""
        faults = (Fault("too_long"),)
        asked = {
            self._request(self.taxonomy.labels[0], number, faults if number > 1 else ())
            for number in range(1, self.options.max_attempts + 1)
        }
        if len(asked) < self.options.max_attempts:
            raise ExplanationError(
                f"prompt {self.tools.prompt.name}: a second request for a text would be the same "
                "as the first, whose answer is known; let it speak of `attempt` and `faults`, or "
                "set explanation.max_attempts to 1"
            )
