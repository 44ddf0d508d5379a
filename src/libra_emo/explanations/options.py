"""What can be set of the explanations."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class ExplanationOptions(BaseModel):
    """How explanations are written and checked.

    A deviation is the distance from the median of all clips, in interquartile ranges divided by
    1.349, which makes it a standard deviation where the measure is normally distributed.

    Attributes:
        writer: Who writes; `cues` composes the text from what was measured in the clip.
        max_cost_usd: What the writer may spend; `cues` costs nothing.
        min_deviation: From which deviation on a cue is worth a word.
        cues_per_part: The most cues that are named of the face, and of the voice.
        max_quoted_characters: The most that is quoted of the subtitle.
        min_characters: A shorter text fails the check `too_short`.
        max_characters: A longer one fails `too_long`.
        max_identical: A text that more clips share fails `repeated`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    writer: Literal["cues"] = "cues"
    max_cost_usd: float = Field(default=0.0, ge=0)
    min_deviation: float = Field(default=0.7, gt=0)
    cues_per_part: int = Field(default=2, ge=1)
    max_quoted_characters: int = Field(default=80, ge=10)
    min_characters: int = Field(default=40, ge=1)
    max_characters: int = Field(default=600, ge=1)
    max_identical: int = Field(default=2, ge=1)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.max_characters < self.min_characters:
            raise ValueError("max_characters is below min_characters")
        return self
