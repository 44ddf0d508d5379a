"""A model as configured: its price, its settings, and the questions that are put to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from libra_emo.common.modalities import NAMES
from libra_emo.errors import LibraEmoError
from libra_emo.llm.client.settings import ModelSettings
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.options import ModelOptions
from libra_emo.llm.pricing.price_list import PriceList
from libra_emo.llm.pricing.prices import FREE, ModelPrice
from libra_emo.llm.request.attachments import ClipSource, Encoding, attach, flac_seconds
from libra_emo.llm.request.keys import Keys
from libra_emo.llm.request.prompts import Prompt
from libra_emo.llm.request.question import Model, Question


class ModelError(LibraEmoError):
    """A model cannot be asked as configured.

    Attributes:
        key: Option that is wrong.
    """

    def __init__(self, message: str, key: str) -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True)
class LlmResources:
    """What is needed to ask models.

    Attributes:
        source: Source of the clips' pictures and sound.
        ledger: Ledger of the answers.
        prompt: Prompt of the questions.
        prices: Price list.
        keys: Keys of Kedro's credentials; other keys come from the environment.
        seed: Seed of shuffled labels and of the jitter in waiting.
        now: Function that returns the time, ISO 8601 in UTC.
    """

    source: ClipSource
    ledger: Ledger
    prompt: Prompt
    prices: PriceList
    keys: Keys
    seed: int
    now: Callable[[], str]


class QuestionBuilder:
    """Builds the questions to one model.

    Raises:
        ModelError: If the model has no price, or does not take what it is to be sent.
    """

    def __init__(self, options: ModelOptions, resources: LlmResources) -> None:
        self.options = options
        self.resources = resources
        self.encoding = _encoding(options)
        self.settings = _settings(options, price_of(options, resources.prices), resources.keys)

    def build(self, clip_id: str, subtitle: str, **variables: Any) -> Question:
        """Return the question about one clip; its files are read, but not decoded.

        Args:
            clip_id: The clip.
            subtitle: Its subtitle, which is left out if the model is not sent text.
            variables: Values of further variables of the prompt.
        """
        modalities = self.options.modalities
        files: Mapping[str, bytes] = {}
        if "V" in modalities or "A" in modalities:
            files = self.resources.source.raw(clip_id)
        seconds = flac_seconds(files["flac"]) if "flac" in files else 0.0
        attachments = attach(files, clip_id, self.encoding)
        prompt = self.resources.prompt
        rendered = prompt.render(
            frames=len(attachments.pictures),
            sound=attachments.sound is not None,
            subtitle=" ".join(subtitle.split()) if "T" in modalities else None,
            duration_s=seconds,
            **variables,
        )
        sound_seconds = seconds if self.encoding.sound else 0.0
        model = self.settings.model
        return Question(clip_id, model, rendered, prompt.version, attachments, sound_seconds)


def price_of(options: ModelOptions, prices: PriceList) -> ModelPrice:
    """Return the price of a model that takes what it is to be sent.

    Raises:
        ModelError: If it has no price, or does not take a modality.
    """
    if options.free:
        return FREE
    model = str(options.model)
    if model not in prices:
        raise ModelError(
            f"model {model} has no price in the price list; add one, or set `free: true` if it is "
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


def _encoding(options: ModelOptions) -> Encoding:
    return Encoding(
        frames=options.frames if "V" in options.modalities else 0,
        frame_pixels=options.frame_pixels,
        jpeg_quality=options.jpeg_quality,
        sound="A" in options.modalities,
        sound_format=options.sound_format,
    )


def _settings(options: ModelOptions, price: ModelPrice, keys: Keys) -> ModelSettings:
    parameters: dict[str, Any] = {"max_tokens": options.max_answer_tokens, **options.parameters}
    if options.temperature is not None:
        parameters["temperature"] = options.temperature
    model = Model(str(options.model), options.api_base, options.served_as, parameters)
    # a server of one's own is never sent the key of a provider
    provider = "" if options.api_base else model.provider
    return ModelSettings(
        name=options.name,
        model=model,
        price=price.in_tier(parameters.get("service_tier")),
        api_key=keys.find(options.name, provider),
        calls_at_once=options.calls_at_once,
        requests_per_minute=options.requests_per_minute,
        tokens_per_minute=options.tokens_per_minute,
        timeout_s=options.timeout_seconds,
        tries=options.tries,
    )
