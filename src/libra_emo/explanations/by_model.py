"""Explanations by a model: the requests are sent, and tables say what became of them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from libra_emo.errors import LibraEmoError
from libra_emo.explanations.model_writer import Attempt, Draft, LabelledClip, ModelWriter
from libra_emo.llm.client.ask import Client
from libra_emo.llm.client.outcomes import describe_failures, fails_too_often
from libra_emo.llm.client.progress import SpendingDisplay
from libra_emo.llm.replies.reader import Reply
from libra_emo.schemas import ExplanationAttempts, Explanations, check, empty

logger = logging.getLogger(__name__)

BUDGET = "explanation"
MOST_FAILED_SHARE = 0.5
"""Largest share of the clips whose first request may fail; with more, the run ends in an error."""


class WriterStopped(LibraEmoError):
    """The model that writes explanations could not be asked any more; its answers are kept."""


class ExplanationTables(NamedTuple):
    """What a writer wrote.

    Attributes:
        explanations: `Explanations`.
        attempts: `ExplanationAttempts`, one row for each request.
        readings: Each raw reply with its reading.
    """

    explanations: pd.DataFrame
    attempts: pd.DataFrame
    readings: list[tuple[str, Reply]]


def explain_by_model(
    writer: ModelWriter, clips: Sequence[LabelledClip], display: SpendingDisplay
) -> ExplanationTables:
    """Return a text for each clip, asked for as often as needed.

    Raises:
        WriterStopped: If the model could not be asked any more (key, money, quota), or most of its
            requests failed.
    """
    resources, options = writer.resources, writer.options
    client = Client(
        resources.ledger,
        BUDGET,
        options.max_cost_usd,
        resources.now,
        resources.seed,
        display.show,
        options.recorded_only,
        options.processes,
        options.strict_ceiling,
    )

    def send(due: Sequence[Draft], turn: int) -> dict[str, str]:
        settings = writer.settings
        if turn > 1:
            number = f" ({turn - 1})" if turn > 2 else ""
            settings = replace(settings, name=f"{settings.name}, again{number}")
        display.expect(settings.name, len(due))
        tally = client.ask([(settings, writer.questions(due))])[settings.name]
        if tally.stopped is not None:
            raise WriterStopped(
                f"writer {options.writer.name!r}: {tally.stopped}. {tally.known + tally.answered} "
                "answers are kept; run explanation again"
            )
        line = describe_failures(f"writer {options.writer.name!r}", tally)
        if line is not None and turn == 1 and fails_too_often(tally, MOST_FAILED_SHARE):
            raise WriterStopped(
                f"{line}. {tally.known + tally.answered} answers are kept; run explanation again"
            )
        if line is not None:
            logger.warning(line)
        return tally.keys

    return tabulate(writer.write(clips, send), options.writer.name)


def tabulate(drafts: Sequence[Draft], writer: str) -> ExplanationTables:
    """Return what became of clips as tables, sorted by clip_id."""
    texts: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    readings: list[tuple[str, Reply]] = []
    for draft in sorted(drafts, key=lambda draft: draft.clip.clip_id):
        texts.append(
            {
                "clip_id": draft.clip.clip_id,
                "label": draft.clip.label,
                "explanation": draft.attempts[-1].checked.text,
                "writer": writer,
                "status": draft.status,
            }
        )
        draft.freeze()
        for number, attempt in enumerate(draft.attempts, 1):
            if attempt.answer is not None:
                readings.append((attempt.answer.reply or "", attempt.checked.reply))
            rows.append(_row(draft.clip, number, attempt))
    if not rows:
        return ExplanationTables(empty(Explanations), empty(ExplanationAttempts), [])
    return ExplanationTables(
        check(pd.DataFrame(texts), Explanations),
        check(pd.DataFrame(rows), ExplanationAttempts),
        readings,
    )


def _row(clip: LabelledClip, number: int, attempt: Attempt) -> dict[str, Any]:
    checked, answer = attempt
    return {
        "clip_id": clip.clip_id,
        "attempt": number,
        "label": clip.label,
        "status": checked.status,
        "faults": ", ".join(fault.check for fault in checked.faults),
        "explanation": checked.text,
        "reply": answer.reply if answer else None,
        "prompt_tokens": answer.prompt_tokens if answer else None,
        "completion_tokens": answer.completion_tokens if answer else None,
        "cost_usd": answer.cost_usd if answer else None,
        "seconds": answer.seconds if answer else None,
    }
