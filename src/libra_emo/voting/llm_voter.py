"""The voter that asks a model: the question about a clip, and the votes out of the answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Final

import pandas as pd

from libra_emo.errors import LibraEmoError
from libra_emo.llm.client.model import LlmResources, ModelError, QuestionBuilder
from libra_emo.llm.client.settings import LazyQuestion, Tally
from libra_emo.llm.ledger.ledger import ANSWERED, RecordedAnswer
from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.reader import CANNOT_TELL, Reply, ReplyReader
from libra_emo.llm.replies.soft_labels import label_probabilities
from libra_emo.llm.request.prompts import (
    describe_emotions,
    order_labels,
    permitted_labels,
    read_prompt,
)
from libra_emo.llm.request.question import Question
from libra_emo.llm.request.reply_schema import build_response_format
from libra_emo.schemas import Features, MachineVotes, check, empty
from libra_emo.taxonomy import Taxonomy
from libra_emo.voting.attempts import ASKED_AGAIN, FAULT, Attempt, vote_row
from libra_emo.voting.options import VoterOptions, VotingOptions

SCHEMA: Final = "schema"
PLAIN: Final = "semicolon"
"""Form that a model is asked for which takes no schema."""
LOGPROBS = {"logprobs": True, "top_logprobs": 20}


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
        if options.logprobs:
            sent = {**options.parameters, **LOGPROBS}
            options = options.model_copy(update={"parameters": sent})
        self.options = options
        if options.prompt_file is not None:
            resources = replace(resources, prompt=read_prompt(options.prompt_file, "prompt_file"))
        self.resources = resources
        self.taxonomy = taxonomy
        self.order = voting.label_order
        self.max_attempts = voting.max_attempts
        self.labels = permitted_labels(taxonomy, voting.label_set)
        lexicon = Lexicon(taxonomy, self.labels)
        self.reader = ReplyReader(lexicon, options.reply_form, options.read_prose)
        self._plain_reader = ReplyReader(lexicon, PLAIN, options.read_prose)
        try:
            self.builder = QuestionBuilder(options, resources)
        except ModelError as error:
            raise VoterError(f"voter {options.name!r}: {error}") from error
        self.settings = replace(
            self.builder.settings,
            batch=options.batch,
            batch_poll_s=options.batch_poll_seconds,
            schema=self._by_schema,
        )

    @property
    def _by_schema(self) -> bool:
        return self.options.reply_form == SCHEMA

    @cached_property
    def _response_format(self) -> dict[str, object]:
        return build_response_format(self.labels, CANNOT_TELL)

    def questions(
        self, clips: pd.DataFrame, attempt: int = 1, only: Iterable[str] | None = None
    ) -> Iterator[LazyQuestion]:
        """Yield the question about each clip of a Features table, in its order.

        Args:
            clips: The table.
            attempt: Number of the question about one clip, from 1 on.
            only: Clips that are asked about; all when not given.
        """
        chosen = None if only is None else set(only)
        for clip_id, subtitle in zip(clips["clip_id"], clips["subtitle"], strict=True):
            if chosen is None or str(clip_id) in chosen:
                yield partial(self.question, str(clip_id), str(subtitle), attempt)

    def question(self, clip_id: str, subtitle: str, attempt: int = 1) -> Question:
        """Return the question about one clip; its files are read, but not decoded.

        Args:
            clip_id: The clip.
            subtitle: Its subtitle.
            attempt: Number of the question, from 1 on; each after the first names the fault.
        """
        form = self.options.reply_form
        question = self._build(clip_id, subtitle, attempt, form)
        if not self._by_schema:
            return question
        plain = self._build(clip_id, subtitle, attempt, PLAIN)
        return replace(question, response_format=self._response_format, plain=plain)

    def _build(self, clip_id: str, subtitle: str, attempt: int, form: str) -> Question:
        labels = order_labels(self.labels, self.order, self.resources.seed, clip_id)
        return self.builder.build(
            clip_id,
            subtitle,
            labels=labels,
            emotions=describe_emotions(self.taxonomy, labels),
            explained=True,
            reply_form=form,
            cannot_tell=CANNOT_TELL,
            attempt=attempt,
            fault=FAULT if attempt > 1 else None,
        )

    @cached_property
    def asks_again(self) -> bool:
        """Whether the prompt names a fault; otherwise a second question would be the first."""
        prompt, labels = self.resources.prompt, self.labels
        texts = {
            prompt.render(
                frames=0,
                sound=False,
                subtitle=None,
                duration_s=0.0,
                labels=labels,
                emotions=describe_emotions(self.taxonomy, labels),
                explained=True,
                reply_form=self.options.reply_form,
                cannot_tell=CANNOT_TELL,
                attempt=attempt,
                fault=FAULT if attempt > 1 else None,
            )
            for attempt in (1, 2)
        }
        return len(texts) > 1

    def clips_to_ask_again(self, tallies: Sequence[Tally]) -> list[str]:
        """Return the clips whose last reply was prose and that may be asked about again, sorted."""
        if len(tallies) >= self.max_attempts or not self.asks_again:
            return []
        attempts = self._attempts(tallies)
        return [
            clip_id
            for clip_id in sorted(tallies[-1].keys)
            if len(attempts[clip_id]) == len(tallies)
            and attempts[clip_id][-1].reply.status == ASKED_AGAIN
        ]

    def votes(self, *tallies: Tally) -> tuple[pd.DataFrame, list[tuple[str, Reply]]]:
        """Return MachineVotes out of the ledger, and each raw reply with its reading.

        Args:
            tallies: Tallies of the attempts in their order; the first one has all clips.
        """
        attempts = self._attempts(tallies)
        rows = [vote_row(clip, self.name, attempts[clip]) for clip in sorted(attempts)]
        readings = [
            (attempt.answer.reply or "", attempt.reply)
            for clip in sorted(attempts)
            for attempt in attempts[clip]
        ]
        return (check(pd.DataFrame(rows), MachineVotes) if rows else empty(MachineVotes)), readings

    def _attempts(self, tallies: Sequence[Tally]) -> dict[str, list[Attempt]]:
        """Return the answered questions about each clip in their order."""
        found: dict[str, list[Attempt]] = {clip: [] for clip in tallies[0].keys}
        for tally in tallies:
            answers = self.resources.ledger.find(tally.keys.values())
            for clip_id, key in tally.keys.items():
                answer = answers.get(key)
                if answer is not None and answer.status == ANSWERED:
                    found[clip_id].append(self._read(answer, clip_id in tally.plain))
        return found

    def _read(self, answer: RecordedAnswer, plain: bool) -> Attempt:
        reader = self._plain_reader if plain else self.reader
        reply = reader.read(answer.reply, answer.finish)
        shares = None
        if answer.logprobs is not None and reply.label is not None:
            shares = label_probabilities(
                answer.logprobs, reply.label, self.labels, (CANNOT_TELL,) if self._by_schema else ()
            )
        return Attempt(answer, reply, shares)

    def vote(self, features: pd.DataFrame) -> pd.DataFrame:
        """Return MachineVotes out of the answers in the ledger; no model is asked."""
        table = check(features, Features)
        tallies = [self._look_up(table, 1, None)]
        while again := self.clips_to_ask_again(tallies):
            tallies.append(self._look_up(table, len(tallies) + 1, again))
        return self.votes(*tallies)[0]

    def _look_up(self, clips: pd.DataFrame, attempt: int, only: Iterable[str] | None) -> Tally:
        """Return a tally of questions whose answers may be in the ledger."""
        tally = Tally()
        for make in self.questions(clips, attempt, only):
            question = make()
            known = self.resources.ledger.find([question.key]) or question.plain is None
            tally.ask(question if known or question.plain is None else question.plain, not known)
        return tally
