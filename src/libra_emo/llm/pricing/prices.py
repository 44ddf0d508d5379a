"""What a question costs: before it is asked, low and high, and after, by the tokens it used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from libra_emo.llm.picture_tokens import PictureRule

MILLION = 1_000_000
LOW_ANSWER_TOKENS = 25
"""A label and a short sentence."""
MESSAGE_TOKENS = 30
"""What providers add around two messages, at most."""


class LongPrice(BaseModel):
    """What is charged for all of a question that has more tokens than these."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    above_tokens: int = Field(gt=0)
    question: float = Field(ge=0)
    answer: float = Field(ge=0)

    def halved(self) -> LongPrice:
        """Return half of it."""
        return self.model_copy(update={"question": self.question / 2, "answer": self.answer / 2})


class ModelPrice(BaseModel):
    """One model's prices, in US dollars a million tokens.

    Attributes:
        question: Words and pictures that are sent.
        answer: Words that come back.
        sound: Sound that is sent, where it has a price of its own.
        pictures: How pictures are counted; None for a model that takes none.
        sound_tokens_per_second: None for a model that takes no sound.
        context_tokens: The most that a question may have, and so the bound of what a call may
            cost. Without it the estimate is the bound, and a ceiling rests on it.
        long: Where long questions have prices of their own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: float = Field(ge=0)
    answer: float = Field(ge=0)
    sound: float | None = Field(None, ge=0)
    pictures: PictureRule | None = None
    sound_tokens_per_second: float | None = Field(None, gt=0)
    context_tokens: int | None = Field(None, gt=0)
    long: LongPrice | None = None

    def halved(self) -> ModelPrice:
        """Return what the provider's batch interface charges: half of everything."""
        halves = {
            "question": self.question / 2,
            "answer": self.answer / 2,
            "sound": None if self.sound is None else self.sound / 2,
            "long": None if self.long is None else self.long.halved(),
        }
        return self.model_copy(update=halves)

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

    def most_usd(self, answer_tokens: int) -> float:
        """Return what a question costs that fills all that the model can read; 0 if not known."""
        read = self.context_tokens
        if read is None:
            return 0.0
        return max(self.cost(read, answer_tokens), self.cost(read, answer_tokens, read))

    def cost(self, prompt_tokens: int, completion_tokens: int, sound_tokens: int = 0) -> float:
        """Return what a question cost in US dollars; what a cache saved is not deducted."""
        question, answer = self.question, self.answer
        if self.long is not None and prompt_tokens > self.long.above_tokens:
            question, answer = self.long.question, self.long.answer
        sound_price = question if self.sound is None else self.sound
        words = max(0, prompt_tokens - sound_tokens)
        sent = words * question + sound_tokens * sound_price
        return (sent + completion_tokens * answer) / MILLION


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
