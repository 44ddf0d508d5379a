"""The voter that asks a model: the question about a clip, and the votes out of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from libra_emo.errors import LibraEmoError
from libra_emo.llm.client.model import LlmResources, ModelError, QuestionBuilder
from libra_emo.llm.client.settings import LazyQuestion, Tally
from libra_emo.llm.ledger.ledger import ANSWERED, RecordedAnswer
from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.reader import Reply, ReplyReader
from libra_emo.llm.request.prompts import (
    describe_emotions,
    order_labels,
    permitted_labels,
    read_prompt,
)
from libra_emo.llm.request.question import Question
from libra_emo.schemas import Features, MachineVotes, check, empty
from libra_emo.taxonomy import Taxonomy
from libra_emo.voting.options import VoterOptions, VotingOptions


class VoterError(LibraEmoError):
    """A voter cannot be made as configured."""


class LlmVoter:
    """Asks a model about clips.

    Raises:
        VoterError: If the model has no price, or does not take what the voter is to send.
        PromptError: If the voter's own prompt cannot be read.
    """

    def __init__(
        self,
        options: VoterOptions,
        voting: VotingOptions,
        taxonomy: Taxonomy,
        resources: LlmResources,
    ) -> None:
        self.name = options.name
        self.options = options
        if options.prompt_file is not None:
            resources = replace(resources, prompt=read_prompt(options.prompt_file, "prompt_file"))
        self.resources = resources
        self.taxonomy = taxonomy
        self.order = voting.label_order
        self.labels = permitted_labels(taxonomy, voting.label_set)
        lexicon = Lexicon(taxonomy, self.labels)
        self.reader = ReplyReader(lexicon, options.reply_form, options.read_prose)
        try:
            self.builder = QuestionBuilder(options, resources)
        except ModelError as error:
            raise VoterError(f"voter {options.name!r}: {error}") from error
        self.settings = replace(
            self.builder.settings, batch=options.batch, batch_poll_s=options.batch_poll_seconds
        )

    def questions(self, clips: pd.DataFrame) -> Iterator[LazyQuestion]:
        """Yield the question about each clip of a Features table, in its order."""
        for clip_id, subtitle in zip(clips["clip_id"], clips["subtitle"], strict=True):
            yield partial(self.question, str(clip_id), str(subtitle))

    def question(self, clip_id: str, subtitle: str) -> Question:
        """Return the question about one clip; its files are read, but not decoded."""
        labels = order_labels(self.labels, self.order, self.resources.seed, clip_id)
        emotions = describe_emotions(self.taxonomy, labels)
        return self.builder.build(
            clip_id, subtitle, labels=labels, emotions=emotions, explained=True
        )

    def votes(self, tally: Tally) -> tuple[pd.DataFrame, list[tuple[str, Reply]]]:
        """Return MachineVotes out of the ledger, and each raw reply with its reading."""
        answers = self.resources.ledger.find(tally.keys.values())
        rows, readings = [], []
        for clip_id in sorted(tally.keys):
            answer = answers.get(tally.keys[clip_id])
            reply = None
            if answer is not None and answer.status == ANSWERED:
                reply = self.reader.read(answer.reply, answer.finish)
                readings.append((answer.reply or "", reply))
            rows.append(_row(clip_id, self.name, answer, reply))
        return (check(pd.DataFrame(rows), MachineVotes) if rows else empty(MachineVotes)), readings

    def vote(self, features: pd.DataFrame) -> pd.DataFrame:
        """Return MachineVotes out of the answers in the ledger; no model is asked."""
        table = check(features, Features)
        questions = [make() for make in self.questions(table)]
        keys = {question.clip_id: question.key for question in questions}
        return self.votes(Tally(keys=keys))[0]


def _row(
    clip_id: str, voter: str, answer: RecordedAnswer | None, reply: Reply | None
) -> dict[str, Any]:
    if answer is None or reply is None:
        answer, reply = None, None
    return {
        "clip_id": clip_id,
        "voter": voter,
        "label": reply.label if reply else None,
        "explanation": reply.explanation if reply else None,
        "status": reply.status if reply else "failed",
        "reply": answer.reply if answer else None,
        "prompt_tokens": answer.prompt_tokens if answer else None,
        "completion_tokens": answer.completion_tokens if answer else None,
        "cost_usd": answer.cost_usd if answer else None,
        "seconds": answer.seconds if answer else None,
    }
