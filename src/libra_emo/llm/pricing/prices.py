"""Prices of questions: an estimate before a call, and the cost of the tokens used after it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from libra_emo.common.options import Options

MILLION = 1_000_000
LOW_ANSWER_TOKENS = 25
"""Tokens of a label and a short sentence."""
MESSAGE_TOKENS = 30
"""Largest number of tokens that providers add around two messages."""
OLD_PIXELS_PER_TOKEN = 750
USUAL_TIERS = ("auto", "default", "standard", "standard_only", "on_demand")
UNKNOWN_TIER = 2.0
"""Factor of a service tier of which the price list says nothing."""


class PictureRule(Options):
    """Rule by which a provider counts the tokens of a picture.

    Attributes:
        rule: `openai_tiles`, `patches`, `gemini_crops`, or `fixed`.
        base: Tokens of every picture (openai_tiles).
        per_tile: Tokens of a tile (openai_tiles) or crop (gemini_crops).
        patch_pixels: Side of a patch (patches).
        multiplier: Factor by which a model counts each patch (patches), as OpenAI's small ones do.
        most: Largest number of tokens of a picture (patches).
        tokens: Number of tokens of every picture (fixed).
    """

    rule: Literal["openai_tiles", "patches", "gemini_crops", "fixed"]
    base: int = Field(0, ge=0)
    per_tile: int = Field(0, ge=0)
    patch_pixels: int = Field(28, ge=1)
    multiplier: float = Field(1.0, gt=0, allow_inf_nan=False)
    most: int | None = Field(None, ge=1)
    tokens: int = Field(0, ge=0)

    def count(self, width: int, height: int) -> tuple[int, int]:
        """Return the smallest and the largest number of tokens of a picture.

        The providers' pages leave it open within this range.
        """
        if self.rule == "fixed":
            return self.tokens, self.tokens
        if self.rule == "patches":
            return self._count_patches(width, height)
        if self.rule == "gemini_crops":
            return self._count_crops(width, height)
        return self._count_tiles(width, height)

    def _count_patches(self, width: int, height: int) -> tuple[int, int]:
        """Count a token for each patch, up to a limit, times the model's multiplier.

        Anthropic's patches have 28 pixels, OpenAI's 32. An earlier edition of Anthropic's page said
        width × height / 750; the range holds both.
        """
        side = self.patch_pixels
        patches = math.ceil(width / side) * math.ceil(height / side)
        most = self.most or patches
        area = width * height / OLD_PIXELS_PER_TOKEN
        low, high = min(patches, area, most), min(max(patches, area), most)
        low, high = low * self.multiplier, high * self.multiplier
        return math.floor(low), math.ceil(high * 1.05) + 5

    def _count_crops(self, width: int, height: int) -> tuple[int, int]:
        """Count as Google does: one crop up to 384 pixels, else crops of 2/3 of the shorter side.

        Newer models were seen to count one crop whatever the size, and others one crop more than
        the rule says; the range holds all of that.
        """
        unit = max(1, math.floor(min(width, height) / 1.5))
        crops = math.ceil(width / unit) * math.ceil(height / unit) + 1
        small = max(width, height) <= 384
        return self.per_tile, self.per_tile * (1 if small else crops)

    def _count_tiles(self, width: int, height: int) -> tuple[int, int]:
        """Count as OpenAI does: scaled to 2048, then to a shorter side of 768, tiles of 512 pixels.

        The low figure is that of `detail: low`.
        """
        scale = min(1.0, 2048 / max(width, height))
        scale *= min(1.0, 768 / (min(width, height) * scale))
        tiles = math.ceil(width * scale / 512) * math.ceil(height * scale / 512)
        return self.base, self.base + self.per_tile * tiles


Usd = Annotated[float, Field(ge=0, allow_inf_nan=False)]
"""US dollars a million tokens."""


class LongPrice(Options):
    """Price of all tokens of a question that has more than `above_tokens` of them."""

    above_tokens: int = Field(gt=0)
    question: Usd
    answer: Usd

    def times(self, factor: float) -> LongPrice:
        """Return a multiple of this price."""
        figures = {"question": self.question * factor, "answer": self.answer * factor}
        return self.model_copy(update=figures)


class ModelPrice(Options):
    """One model's prices, in US dollars a million tokens.

    Attributes:
        question: Price of the words and pictures that are sent.
        answer: Price of the words that come back.
        sound: Price of the sound that is sent, where it has one of its own.
        pictures: Rule by which pictures are counted; None for a model that takes none.
        sound_tokens_per_second: Tokens of a second of sound; None for a model that takes none.
        context_tokens: Largest number of tokens of a question, which bounds the cost of a call.
            Without it a ceiling rests on the estimate alone.
        answer_tokens: Largest number of tokens that the model can write, its thinking included. A
            gateway may bill thinking beside the limit that is sent, so this bounds its calls.
        long: Prices of long questions, where they differ.
        service_tiers: Service tier → factor of all prices, such as `priority: 1.75`.
    """

    question: Usd
    answer: Usd
    sound: Usd | None = None
    pictures: PictureRule | None = None
    sound_tokens_per_second: float | None = Field(None, gt=0, allow_inf_nan=False)
    context_tokens: int | None = Field(None, gt=0)
    answer_tokens: int | None = Field(None, gt=0)
    long: LongPrice | None = None
    service_tiers: dict[str, Usd] = Field(default_factory=dict)

    def halved(self) -> ModelPrice:
        """Return the prices of the provider's batch interface: half of everything."""
        return self.times(0.5)

    def times(self, factor: float) -> ModelPrice:
        """Return a multiple of all prices."""
        figures = {
            "question": self.question * factor,
            "answer": self.answer * factor,
            "sound": None if self.sound is None else self.sound * factor,
            "long": None if self.long is None else self.long.times(factor),
        }
        return self.model_copy(update=figures)

    def in_tier(self, tier: object) -> ModelPrice:
        """Return the prices in a service tier; one without a factor of its own costs twice."""
        if tier in (None, *USUAL_TIERS):
            return self
        return self.times(self.service_tiers.get(str(tier), UNKNOWN_TIER))

    def tokens(self, content: Content) -> tuple[float, float, float]:
        """Return a question's tokens: words and pictures, low and high, and sound."""
        low, high = len(content.words) / 5, len(content.words.encode()) / 2 + MESSAGE_TOKENS
        for width, height in content.pictures:
            counted = self.pictures.count(width, height) if self.pictures else (0, 0)
            low, high = low + counted[0], high + counted[1]
        return low, high, content.sound_seconds * (self.sound_tokens_per_second or 0)

    def estimate(self, content: Content) -> Estimate:
        """Return what a question probably costs, low and high."""
        low, high, sound = self.tokens(content)
        sound_price = self.question if self.sound is None else max(self.sound, self.question)
        sound_usd = sound * sound_price / MILLION
        return Estimate(
            low_usd=sound_usd + (low * self.question + LOW_ANSWER_TOKENS * self.answer) / MILLION,
            high_usd=sound_usd * 1.1
            + (high * self.question + content.answer_tokens * self.answer) / MILLION,
        )

    def most_usd(self, answer_tokens: int) -> float:
        """Return the price of the longest question that the model can read; 0 if not known."""
        tokens = self.context_tokens
        if tokens is None:
            return 0.0
        return max(self.cost(tokens, answer_tokens), self.cost(tokens, answer_tokens, tokens))

    def cost(self, prompt_tokens: int, completion_tokens: int, sound_tokens: int = 0) -> float:
        """Return what a question cost in US dollars, without discounts for cached tokens."""
        question, answer = self.question, self.answer
        if self.long is not None and prompt_tokens > self.long.above_tokens:
            question, answer = self.long.question, self.long.answer
        sound_price = question if self.sound is None else self.sound
        words = max(0, prompt_tokens - sound_tokens)
        sent = words * question + sound_tokens * sound_price
        return (sent + completion_tokens * answer) / MILLION


class Content(NamedTuple):
    """The parts of a question that cost money.

    Attributes:
        words: Text that is sent.
        pictures: Width and height of each picture.
        sound_seconds: Length of the sound.
        answer_tokens: Largest number of tokens of the answer.
    """

    words: str
    pictures: Sequence[tuple[int, int]]
    sound_seconds: float
    answer_tokens: int


class Estimate(NamedTuple):
    """What something probably costs, low and high."""

    low_usd: float
    high_usd: float

    def plus(self, other: Estimate) -> Estimate:
        """Return the sum of both."""
        return Estimate(self.low_usd + other.low_usd, self.high_usd + other.high_usd)


FREE = ModelPrice(question=0, answer=0, sound_tokens_per_second=1)
