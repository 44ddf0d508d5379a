"""Explanations by a trained student: checked as those of a model, and requested once.

A student takes the most probable word each time, so a second request would bring the same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from libra_emo.explanations.by_model import ExplanationTables, tabulate
from libra_emo.explanations.model_writer import Attempt, Draft, LabelledClip, mark_repeats
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.explanations.reply_checks import ReplyChecker
from libra_emo.llm.ledger.ledger import ANSWERED, RecordedAnswer
from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.request.prompts import permitted_labels
from libra_emo.taxonomy import Taxonomy


class StudentAnswer(Protocol):
    """An answer of a student: the label on the first line, the explanation on the next."""

    @property
    def text(self) -> str:
        """The whole answer."""
        ...

    @property
    def finish(self) -> str:
        """`stop`, or `length` if the answer was truncated."""
        ...


def check_answers(
    clips: Sequence[LabelledClip],
    answers: Sequence[StudentAnswer],
    request: str,
    taxonomy: Taxonomy,
    options: ExplanationOptions,
) -> ExplanationTables:
    """Return the texts that a student wrote, each with the result of its checks.

    Args:
        clips: Clips that were to be explained.
        answers: One answer for each clip, which begins with the clip's label.
        request: Words of the request, which no text may repeat.
        taxonomy: Taxonomy of the labels.
        options: Options of the checks, with the modalities that the student is shown.
    """
    lexicon = Lexicon(taxonomy, permitted_labels(taxonomy, options.label_set))
    checker = ReplyChecker(lexicon, options, lambda label: request)
    drafts = []
    for clip, answer in zip(clips, answers, strict=True):
        text = answer.text.partition("\n")[2]
        truncated = answer.finish == "length"
        checked = checker.check_text(text, truncated, clip.label, clip.subtitle)
        recorded = RecordedAnswer(
            clip.clip_id, "", ANSWERED, reply=answer.text, finish=answer.finish
        )
        drafts.append(Draft(clip, [Attempt(checked, recorded)]))
    mark_repeats(drafts, options.max_identical)
    return tabulate(drafts, options.writer.name)
