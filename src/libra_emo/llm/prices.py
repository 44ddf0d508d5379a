"""What a question costs: before it is asked, low and high, and after, by the tokens it used."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from libra_emo.errors import LibraEmoError

MILLION = 1_000_000
LOW_ANSWER_TOKENS = 25
"""A label and a short sentence."""
OLD_PIXELS_PER_TOKEN = 750
MESSAGE_TOKENS = 30
"""What providers add around two messages, at most."""


class PriceError(LibraEmoError):
    """The price list is wrong, or lacks a model."""


class PictureRule(BaseModel):
    """How many tokens a picture has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: Literal["openai_tiles", "patches", "gemini_crops", "fixed"]
    base: int = Field(0, ge=0)
    per_tile: int = Field(0, ge=0)
    patch_pixels: int = Field(28, ge=1)
    most: int | None = Field(None, ge=1)
    tokens: int = Field(0, ge=0)

    def count(self, width: int, height: int) -> tuple[int, int]:
        """Return a picture's tokens, low and high.

        OpenAI: scaled into 2048 and then to a shorter side of 768, tiles of 512 pixels; low is its
        `detail: low`. Anthropic: a token a patch of 28 pixels, up to a most; it once told of width
        × height / 750, so both are in the range. Google: 258 up to 384 pixels; larger ones are
        cropped by a unit of two thirds of the shorter side, but newer models were seen to count
        258 whatever the size, and others one crop more than that: the range spans all of it.
        """
        if self.rule == "fixed":
            return self.tokens, self.tokens
        if self.rule == "patches":
            side = self.patch_pixels
            patches = math.ceil(width / side) * math.ceil(height / side)
            most = self.most or patches
            area = width * height / OLD_PIXELS_PER_TOKEN
            low, high = min(patches, area, most), min(max(patches, area), most)
            return math.floor(low), math.ceil(high * 1.05) + 5
        if self.rule == "gemini_crops":
            unit = max(1, math.floor(min(width, height) / 1.5))
            crops = math.ceil(width / unit) * math.ceil(height / unit) + 1
            small = max(width, height) <= 384
            return self.per_tile, self.per_tile * (1 if small else crops)
        scale = min(1.0, 2048 / max(width, height))
        scale *= min(1.0, 768 / (min(width, height) * scale))
        tiles = math.ceil(width * scale / 512) * math.ceil(height * scale / 512)
        return self.base, self.base + self.per_tile * tiles


class ModelPrice(BaseModel):
    """One model's prices, in US dollars a million tokens.

    Attributes:
        question: Words and pictures that are sent.
        answer: Words that come back.
        sound: Sound that is sent, where it has a price of its own.
        pictures: How pictures are counted; None for a model that takes none.
        sound_tokens_per_second: None for a model that takes no sound.
        context_tokens: The most that a question may have; the bound of a first call, before any
            answer has shown how the provider counts. Without it the estimate is the bound.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: float = Field(ge=0)
    answer: float = Field(ge=0)
    sound: float | None = Field(None, ge=0)
    pictures: PictureRule | None = None
    sound_tokens_per_second: float | None = Field(None, gt=0)
    context_tokens: int | None = Field(None, gt=0)

    def halved(self) -> ModelPrice:
        """Return what the provider's batch interface charges: half of everything."""
        sound = None if self.sound is None else self.sound / 2
        return self.model_copy(
            update={"question": self.question / 2, "answer": self.answer / 2, "sound": sound}
        )

    def tokens(self, content: Content) -> tuple[float, float, float]:
        """Return a question's tokens: words and pictures low and high, and sound."""
        low, high = len(content.words) / 5, len(content.words.encode()) / 2 + MESSAGE_TOKENS
        for width, height in content.pictures:
            counted = self.pictures.count(width, height) if self.pictures else (0, 0)
            low, high = low + counted[0], high + counted[1]
        return low, high, content.sound_seconds * (self.sound_tokens_per_second or 0)

    def estimate(self, content: Content) -> Estimate:
        """Return what a question costs at least and at most."""
        low, high, sound = self.tokens(content)
        sound_price = self.question if self.sound is None else max(self.sound, self.question)
        heard = sound * sound_price / MILLION
        return Estimate(
            low_usd=heard + (low * self.question + LOW_ANSWER_TOKENS * self.answer) / MILLION,
            high_usd=heard * 1.1
            + (high * self.question + content.answer_tokens * self.answer) / MILLION,
        )

    def most(self, answer_tokens: int) -> float:
        """Return what a question costs that fills all that the model can read; 0 if not known."""
        dearest = max(self.question, self.sound or 0.0)
        read = (self.context_tokens or 0) * dearest
        return (read + answer_tokens * self.answer) / MILLION if read else 0.0

    def cost(self, prompt_tokens: int, completion_tokens: int, sound_tokens: int = 0) -> float:
        """Return what a question cost in US dollars; what a cache saved is not deducted."""
        sound_price = self.question if self.sound is None else self.sound
        words = max(0, prompt_tokens - sound_tokens)
        sent = words * self.question + sound_tokens * sound_price
        return (sent + completion_tokens * self.answer) / MILLION


class Content(NamedTuple):
    """What a question has that costs.

    Attributes:
        words: All the text that is sent.
        pictures: Width and height of each picture.
        sound_seconds: Length of the sound.
        answer_tokens: The most that the answer may have.
    """

    words: str
    pictures: Sequence[tuple[int, int]]
    sound_seconds: float
    answer_tokens: int


class Estimate(NamedTuple):
    """What something costs at least and at most."""

    low_usd: float
    high_usd: float

    def plus(self, other: Estimate) -> Estimate:
        """Return the cost of both."""
        return Estimate(self.low_usd + other.low_usd, self.high_usd + other.high_usd)


FREE = ModelPrice(question=0, answer=0, sound_tokens_per_second=1)


class PriceList(BaseModel):
    """The price list and its date."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: datetime.date
    models: dict[str, ModelPrice] = {}

    @model_validator(mode="after")
    def _prefixed(self) -> Self:
        for name in self.models:
            if "/" not in name:
                raise ValueError(f"{name!r} lacks its provider, such as openai/{name}")
        return self

    def __getitem__(self, model: str) -> ModelPrice:
        """Return a model's price.

        Raises:
            PriceError: If there is none.
        """
        if model not in self.models:
            raise PriceError(
                f"model {model!r} has no price; add it to the price list, or say `free: true` at "
                "the voter if it is your own server"
            )
        return self.models[model]

    def __contains__(self, model: object) -> bool:
        """Tell whether a model has a price."""
        return model in self.models


def read_prices(text: str, name: str) -> PriceList:
    """Return the price list in a file's content.

    Raises:
        PriceError: Naming file and key of what is wrong.
    """
    try:
        return PriceList.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise PriceError(f"{name}: not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise PriceError(f"{name}: {place}: {first['msg']}") from error


def compare_with_table(prices: PriceList, table: dict[str, Any]) -> list[str]:
    """Return a line for each price that another table, in litellm's form, gives differently."""
    lines = []
    for name, price in prices.models.items():
        entry = table.get(name) or table.get(name.split("/", 1)[1]) or {}
        pairs = (
            ("question", price.question, "input_cost_per_token"),
            ("answer", price.answer, "output_cost_per_token"),
            ("sound", price.sound, "input_cost_per_audio_token"),
        )
        for kind, ours, theirs in pairs:
            other = entry.get(theirs)
            if ours is not None and other is not None and abs(ours - other * MILLION) > 1e-6:
                lines.append(f"{name}: {kind} {ours:g} here, {other * MILLION:g} there")
        if not entry:
            lines.append(f"{name}: no price there")
    return lines
