"""The loop's parameters."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Score = Literal["accuracy", "macro_f1", "weighted_f1"]


class ActiveLearningOptions(BaseModel):
    """How a round asks people, and when the loop stops (`parameters_active_learning.yml`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    annotators_per_clip: int = Field(default=4, ge=1)
    threshold: int = Field(default=2, ge=1)
    score: Score = "accuracy"
    min_gain: float = Field(default=0.0, ge=0, le=1)
    patience: int = Field(default=2, ge=1)
    protect_people_labels: bool = False

    @model_validator(mode="after")
    def _check(self) -> ActiveLearningOptions:
        if self.threshold > self.annotators_per_clip:
            raise ValueError(
                f"threshold {self.threshold} is above annotators_per_clip "
                f"{self.annotators_per_clip}"
            )
        return self
