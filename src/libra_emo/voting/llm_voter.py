"""The voter that asks a model: the question about a clip, and the votes out of the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Final

import pandas as pd

from libra_emo.errors import LibraEmoError
from libra_emo.llm.client.forms import choose_form
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
from libra_emo.voting.attempts import FAULTS, Attempt, vote_row
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
            prompt = read_prompt(options.prompt_file, "prompt_file")
            resources = replace(resources, prompt=prompt.with_values(**resources.prompt.values))
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
        self, clips: pd.DataFrame, attempt: int = 1, faults: Mapping[str, str] | None = None
    ) -> Iterator[LazyQuestion]:
        """Yield the question about each clip of a Features table, in its order.

        Args:
            clips: The table.
            attempt: Number of the question about one clip, from 1 on.
            faults: Clip → fault of the reply before, for the clips that are asked about again; all
                clips are asked about when not given.
        """
        for clip_id, subtitle in zip(clips["clip_id"], clips["subtitle"], strict=True):
            if faults is None or str(clip_id) in faults:
                fault = None if faults is None else faults[str(clip_id)]
                yield partial(self.question, str(clip_id), str(subtitle), attempt, fault)

    def question(
        self, clip_id: str, subtitle: str, attempt: int = 1, fault: str | None = None
    ) -> Question:
        """Return the question about one clip; its files are read, but not decoded.

        Args:
            clip_id: The clip.
            subtitle: Its subtitle.
            attempt: Number of the question, from 1 on.
            fault: What was wrong with the reply before; None at the first attempt.
        """
        form = self.options.reply_form
        question = self._build(clip_id, subtitle, attempt, fault, form)
        if not self._by_schema:
            return question
        plain = self._build(clip_id, subtitle, attempt, fault, PLAIN)
        return replace(question, response_format=self._response_format, plain=plain)

    def _build(
        self, clip_id: str, subtitle: str, attempt: int, fault: str | None, form: str
    ) -> Question:
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
            fault=fault,
        )

    @cached_property
    def asks_again(self) -> bool:
        """Whether the prompt names a fault; otherwise a second question would be the first."""
        labels = self.labels
        texts = {
            self.resources.prompt.render(
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
                fault=fault,
            )
            for attempt, fault in ((1, None), (2, FAULTS["out_of_form"]))
        }
        return len(texts) > 1

    def faults(self, tallies: Sequence[Tally]) -> dict[str, str]:
        """Return the clips that are to be asked about again, sorted, and the fault of each reply.

        Args:
            tallies: Tallies of the attempts so far, in their order; the first one has all clips.
        """
        if len(tallies) >= self.max_attempts or not self.asks_again:
            return {}
        attempts = self._attempts(tallies)
        return {
            clip_id: FAULTS[attempts[clip_id][-1].reply.status]
            for clip_id in sorted(tallies[-1].keys)
            if len(attempts[clip_id]) == len(tallies)
            and attempts[clip_id][-1].reply.status in FAULTS
        }

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
        """Return the answered questions about each clip in their order.

        A prompt that does not use `attempt` may ask the same question twice; it counts once.
        """
        found: dict[str, list[Attempt]] = {clip: [] for clip in tallies[0].keys}
        for number, tally in enumerate(tallies):
            answers = self.resources.ledger.find(tally.keys.values())
            for clip_id, key in tally.keys.items():
                answer = answers.get(key)
                before = (earlier.keys.get(clip_id) for earlier in tallies[:number])
                if answer is not None and answer.status == ANSWERED and key not in before:
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
        tallies = [self.look_up(table, 1, None)]
        while faults := self.faults(tallies):
            tallies.append(self.look_up(table, len(tallies) + 1, faults))
        return self.votes(*tallies)[0]

    def look_up(
        self,
        clips: pd.DataFrame,
        attempt: int,
        faults: Mapping[str, str] | None,
        on_open: Callable[[Question], object] = lambda question: None,
    ) -> Tally:
        """Return a tally of questions whose answers may be in the ledger.

        Args:
            clips: Features of the clips.
            attempt: Number of the question about one clip, from 1 on.
            faults: Clip → fault of the reply before; all clips are looked up when not given.
            on_open: Called with each question that has no answer.
        """
        tally = Tally()
        for make in self.questions(clips, attempt, faults):
            form = choose_form(self.resources.ledger, make())
            tally.ask(form.question, form.plain)
            if form.answer is None:
                on_open(form.question)
        return tally
