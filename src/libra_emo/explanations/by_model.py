"""Having a model explain labels: the requests are put, and the tables say what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from libra_emo.errors import LibraEmoError
from libra_emo.explanations.model_writer import Clip, ModelWriter, Telling
from libra_emo.llm.client.account import Client
from libra_emo.llm.client.progress import SpendingDisplay
from libra_emo.llm.replies.reader import Reply
from libra_emo.schemas import ExplanationAttempts, Explanations, check, empty

BUDGET = "explanation"


class WriterStopped(LibraEmoError):
    """The model that writes explanations could not go on; what was answered is kept."""


class Written(NamedTuple):
    """What a model wrote.

    Attributes:
        explanations: `Explanations`.
        attempts: `ExplanationAttempts`, one row a request.
        read: Each raw reply with what was read of it.
    """

    explanations: pd.DataFrame
    attempts: pd.DataFrame
    read: list[tuple[str, Reply]]


def explain_by_model(
    writer: ModelWriter, clips: Sequence[Clip], display: SpendingDisplay
) -> Written:
    """Return a text for each clip, asked for as often as need be.

    Raises:
        WriterStopped: If the model could not be asked any more (key, money, quota), in one line.
    """
    tools, options = writer.tools, writer.options
    client = Client(
        tools.ledger,
        BUDGET,
        options.max_cost_usd,
        tools.now,
        tools.seed,
        display.show,
        options.recorded_only,
        options.processes,
        options.strict_ceiling,
    )

    def put(due: Sequence[Telling], turn: int) -> dict[str, str]:
        asking = writer.asker.asking
        if turn > 1:
            asking = replace(asking, name=f"{asking.name}, again" + f" ({turn - 1})" * (turn > 2))
        display.expect(asking.name, len(due))
        tally = client.ask([(asking, writer.makers(due))])[asking.name]
        if tally.stopped is not None:
            raise WriterStopped(
                f"writer {options.writer.name!r}: {tally.stopped}. {tally.known + tally.answered} "
                "answers are kept; run explanation again"
            )
        return tally.keys

    return tabulate(writer.write(clips, put), options.writer.name)


def tabulate(tellings: Sequence[Telling], writer: str) -> Written:
    """Return what became of clips as tables, sorted by clip_id."""
    texts: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    read: list[tuple[str, Reply]] = []
    for telling in sorted(tellings, key=lambda telling: telling.clip.clip_id):
        texts.append(
            {
                "clip_id": telling.clip.clip_id,
                "label": telling.clip.label,
                "explanation": telling.attempts[-1].judgement.text,
                "writer": writer,
                "status": telling.status,
            }
        )
        telling.freeze()
        for number, (judged, answer) in enumerate(telling.attempts, 1):
            if answer is not None:
                read.append((answer.reply or "", judged.reply))
            rows.append(
                {
                    "clip_id": telling.clip.clip_id,
                    "attempt": number,
                    "label": telling.clip.label,
                    "status": judged.status,
                    "faults": ", ".join(fault.check for fault in judged.faults),
                    "explanation": judged.text,
                    "reply": answer.reply if answer else None,
                    "prompt_tokens": answer.prompt_tokens if answer else None,
                    "completion_tokens": answer.completion_tokens if answer else None,
                    "cost_usd": answer.cost_usd if answer else None,
                    "seconds": answer.seconds if answer else None,
                }
            )
    if not rows:
        return Written(empty(Explanations), empty(ExplanationAttempts), [])
    return Written(
        check(pd.DataFrame(texts), Explanations),
        check(pd.DataFrame(rows), ExplanationAttempts),
        read,
    )
