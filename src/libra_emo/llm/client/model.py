"""A model as configured: what it is sent of a clip, what that costs, and how it is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from libra_emo.common.modalities import NAMES
from libra_emo.errors import LibraEmoError
from libra_emo.llm.client.settings import Asking
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.options import ModelOptions
from libra_emo.llm.pricing.price_list import PriceList
from libra_emo.llm.pricing.prices import FREE, ModelPrice
from libra_emo.llm.request.attachments import ClipSource, Dressing, enclose, flac_seconds
from libra_emo.llm.request.keys import Keys
from libra_emo.llm.request.prompts import Prompt
from libra_emo.llm.request.question import Model, Question


class ModelError(LibraEmoError):
    """A model cannot be asked as configured.

    Attributes:
        key: The option that is wrong.
    """

    def __init__(self, told: str, key: str) -> None:
        super().__init__(told)
        self.key = key


@dataclass(frozen=True)
class LlmResources:
    """What is needed to ask models.

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


class Asker:
    """Makes the questions to one model.

    Raises:
        ModelError: If the model has no price, or does not take what it is to be sent.
    """

    def __init__(self, options: ModelOptions, tools: LlmResources) -> None:
        self.options = options
        self.tools = tools
        self.dressing = _dressing(options)
        self.asking = _asking(options, price_of(options, tools.prices), tools.keys)

    def question(self, clip_id: str, subtitle: str, **known: Any) -> Question:
        """Return the question about one clip; its files are read, nothing is decoded.

        Args:
            clip_id: The clip.
            subtitle: Its words; left out where the model is not sent text.
            known: What else the prompt may speak of.
        """
        modalities = self.options.modalities
        files: Mapping[str, bytes] = {}
        if "V" in modalities or "A" in modalities:
            files = self.tools.source.raw(clip_id)
        seconds = flac_seconds(files["flac"]) if "flac" in files else 0.0
        enclosed = enclose(files, clip_id, self.dressing)
        wording = self.tools.prompt.render(
            frames=len(enclosed.pictures),
            sound=enclosed.sound is not None,
            subtitle=" ".join(subtitle.split()) if "T" in modalities else None,
            duration_s=seconds,
            **known,
        )
        heard = seconds if self.dressing.sound else 0.0
        version = self.tools.prompt.version
        return Question(clip_id, self.asking.model, wording, version, enclosed, heard)


def price_of(options: ModelOptions, prices: PriceList) -> ModelPrice:
    """Return what a model costs, once it is sure to take what is sent.

    Raises:
        ModelError: If it has no price, or does not take a modality.
    """
    if options.free:
        return FREE
    model = str(options.model)
    if model not in prices:
        raise ModelError(
            f"model {model} has no price in the price list; add one, or say `free: true` if it is "
            "your own server",
            "model",
        )
    price = prices[model]
    takes = {"V": price.pictures is not None, "A": price.sound_tokens_per_second is not None}
    for letter, taken in takes.items():
        if letter in options.modalities and not taken:
            raise ModelError(
                f"model {model} takes no {NAMES[letter]} by the price list; take {letter} out of "
                "its `modalities`",
                "modalities",
            )
    return price


def _dressing(options: ModelOptions) -> Dressing:
    return Dressing(
        frames=options.frames if "V" in options.modalities else 0,
        frame_pixels=options.frame_pixels,
        jpeg_quality=options.jpeg_quality,
        sound="A" in options.modalities,
        sound_format=options.sound_format,
    )


def _asking(options: ModelOptions, price: ModelPrice, keys: Keys) -> Asking:
    parameters: dict[str, Any] = {"max_tokens": options.max_answer_tokens, **options.parameters}
    if options.temperature is not None:
        parameters["temperature"] = options.temperature
    model = Model(str(options.model), options.api_base, options.served_as, parameters)
    own = "" if options.api_base else model.provider
    return Asking(
        name=options.name,
        model=model,
        price=price,
        api_key=keys.find(options.name, own),
        calls_at_once=options.calls_at_once,
        requests_per_minute=options.requests_per_minute,
        tokens_per_minute=options.tokens_per_minute,
        timeout_s=options.timeout_seconds,
        tries=options.tries,
    )
