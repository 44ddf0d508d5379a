"""Explanations that a trained student wrote: checked as a model's are, and asked for once.

A student takes the most probable word each time, so asking it again would bring the same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from libra_emo.explanations.by_model import Written, tabulate
from libra_emo.explanations.model_writer import Attempt, Clip, Telling, mark_repeats
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.explanations.reply_checks import Judge
from libra_emo.llm.ledger.ledger import ANSWERED, Answer
from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.request.prompts import permitted_labels
from libra_emo.taxonomy import Taxonomy


class StudentAnswer(Protocol):
    """A label on the first line and the explanation on the next, and how it ended."""

    @property
    def text(self) -> str:
        """The whole answer."""
        ...

    @property
    def finish(self) -> str:
        """`stop`, or `length` where it was cut."""
        ...


def judge_answers(
    clips: Sequence[Clip],
    answers: Sequence[StudentAnswer],
    request: str,
    taxonomy: Taxonomy,
    options: ExplanationOptions,
) -> Written:
    """Return the texts that a student wrote, each with what its checks say.

    Args:
        clips: What was to be explained.
        answers: One a clip, beginning with the clip's label.
        request: The words of the request, which no text may repeat.
        taxonomy: Gives the labels.
        options: The bounds; what the writer sees of a clip.
    """
    lexicon = Lexicon(taxonomy, permitted_labels(taxonomy, options.label_set))
    judge = Judge(lexicon, options, lambda label: request)
    tellings = []
    for clip, answer in zip(clips, answers, strict=True):
        text = answer.text.partition("\n")[2]
        cut = answer.finish == "length"
        judged = judge.judge_text(text, cut, clip.label, clip.subtitle)
        told = Answer(clip.clip_id, "", ANSWERED, reply=answer.text, finish=answer.finish)
        tellings.append(Telling(clip, [Attempt(judged, told)]))
    mark_repeats(tellings, options.max_identical)
    return tabulate(tellings, options.writer.name)
