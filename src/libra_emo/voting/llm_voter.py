"""The voter that asks a model: what it sends of a clip, and the votes that answers become."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from libra_emo.errors import LibraEmoError
from libra_emo.llm.asking import Asking, Maker, Tally
from libra_emo.llm.enclosures import ClipSource, Dressing, enclose, flac_seconds
from libra_emo.llm.keys import Keys
from libra_emo.llm.ledger import ANSWERED, Answer, Ledger
from libra_emo.llm.lexicon import Lexicon
from libra_emo.llm.prices import FREE, ModelPrice, PriceList
from libra_emo.llm.prompts import Prompt, describe_emotions, order_labels, permitted_labels
from libra_emo.llm.questions import Model, Question
from libra_emo.llm.replies import Reply, ReplyReader
from libra_emo.schemas import Features, MachineVotes, check, empty
from libra_emo.taxonomy import Taxonomy
from libra_emo.voting.options import VoterOptions, VotingOptions


class VoterError(LibraEmoError):
    """A voter cannot be made as configured."""


@dataclass(frozen=True)
class LlmTools:
    """What voters need that ask a model.

    Attributes:
        source: Where pictures and sound lie.
        ledger: Where answers are kept.
        prompt: What they are asked.
        prices: What that costs.
        keys: From Kedro's credentials; others come from the environment.
        seed: Of shuffled labels and of waiting.
        now: Returns the time, ISO 8601 in UTC.
    """

    source: ClipSource
    ledger: Ledger
    prompt: Prompt
    prices: PriceList
    keys: Keys
    seed: int
    now: Callable[[], str]


class LlmVoter:
    """Asks a model about clips.

    Raises:
        VoterError: If the model has no price, or does not take what the voter is to send.
    """

    def __init__(
        self, options: VoterOptions, voting: VotingOptions, taxonomy: Taxonomy, tools: LlmTools
    ) -> None:
        self.name = options.name
        self.options = options
        self.tools = tools
        self.taxonomy = taxonomy
        self.order = voting.label_order
        self.labels = permitted_labels(taxonomy, voting.label_set)
        self.reader = ReplyReader(Lexicon(taxonomy, self.labels), prose=options.read_prose)
        self.dressing = _dressing(options)
        self.asking = _asking(options, _price(options, tools.prices), tools.keys)

    def makers(self, clips: pd.DataFrame) -> Iterator[Maker]:
        """Return what makes the question about each clip of a Features table, in its order."""
        for clip_id, subtitle in zip(clips["clip_id"], clips["subtitle"], strict=True):
            yield partial(self.question, str(clip_id), str(subtitle))

    def question(self, clip_id: str, subtitle: str) -> Question:
        """Return the question about one clip; its files are read, nothing is decoded."""
        seen = {*self.options.modalities}
        files: Mapping[str, bytes] = {}
        if seen & {"video", "audio"}:
            files = self.tools.source.raw(clip_id)
        seconds = flac_seconds(files["flac"]) if "flac" in files else 0.0
        enclosed = enclose(files, clip_id, self.dressing)
        labels = order_labels(self.labels, self.order, self.tools.seed, clip_id)
        wording = self.tools.prompt.fill(
            labels=labels,
            emotions=describe_emotions(self.taxonomy, labels),
            frames=len(enclosed.pictures),
            sound=enclosed.sound is not None,
            subtitle=" ".join(subtitle.split()) if "text" in seen else None,
            duration_s=seconds,
        )
        heard = seconds if self.dressing.sound else 0.0
        version = self.tools.prompt.version
        return Question(clip_id, self.asking.model, wording, version, enclosed, heard)

    def votes(self, tally: Tally) -> tuple[pd.DataFrame, list[tuple[str, Reply]]]:
        """Return MachineVotes out of the ledger, and each raw reply with what was read of it."""
        answers = self.tools.ledger.find(tally.keys.values())
        rows, read = [], []
        for clip_id in sorted(tally.keys):
            answer = answers.get(tally.keys[clip_id])
            reply = None
            if answer is not None and answer.status == ANSWERED:
                reply = self.reader.read(answer.reply, answer.finish)
                read.append((answer.reply or "", reply))
            rows.append(_row(clip_id, self.name, answer, reply))
        return (check(pd.DataFrame(rows), MachineVotes) if rows else empty(MachineVotes)), read

    def vote(self, features: pd.DataFrame) -> pd.DataFrame:
        """Return the MachineVotes that the ledger has for these clips; nobody is asked."""
        table = check(features, Features)
        questions = [make() for make in self.makers(table)]
        keys = {question.clip_id: question.key for question in questions}
        return self.votes(Tally(keys=keys))[0]


def _row(clip_id: str, voter: str, answer: Answer | None, reply: Reply | None) -> dict[str, Any]:
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


def _dressing(options: VoterOptions) -> Dressing:
    return Dressing(
        frames=options.frames if "video" in options.modalities else 0,
        frame_pixels=options.frame_pixels,
        jpeg_quality=options.jpeg_quality,
        sound="audio" in options.modalities,
        sound_format=options.sound_format,
    )


def _price(options: VoterOptions, prices: PriceList) -> ModelPrice:
    """Return what the voter's model costs, once it is sure to take what is sent."""
    if options.free:
        return FREE
    model = str(options.model)
    if model not in prices:
        raise VoterError(
            f"voter {options.name!r}: model {model} has no price in the price list; add one, or "
            "say `free: true` if it is your own server"
        )
    price = prices[model]
    for modality, takes in (
        ("video", price.pictures is not None),
        ("audio", price.sound_tokens_per_second is not None),
    ):
        if modality in options.modalities and not takes:
            raise VoterError(
                f"voter {options.name!r}: model {model} takes no {modality} by the price list; "
                f"take {modality} out of its `modalities`"
            )
    return price


def _asking(options: VoterOptions, price: ModelPrice, keys: Keys) -> Asking:
    parameters: dict[str, Any] = {"max_tokens": options.max_answer_tokens, **options.parameters}
    if options.temperature is not None:
        parameters["temperature"] = options.temperature
    model = Model(str(options.model), options.api_base, options.served_as, parameters)
    own = "" if options.api_base else model.provider
    return Asking(
        name=options.name,
        model=model,
        price=price,
        api_key=keys.of(options.name, own),
        calls_at_once=options.calls_at_once,
        requests_per_minute=options.requests_per_minute,
        tokens_per_minute=options.tokens_per_minute,
        timeout_s=options.timeout_seconds,
        tries=options.tries,
    )
