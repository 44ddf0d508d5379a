"""The options of campaigns, of simulated annotators, and of the bench."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class CampaignOptions(BaseModel):
    """How many annotators answer for a clip, and how many must agree."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    annotators_per_clip: int = Field(ge=1)
    threshold: int = Field(ge=1)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.threshold > self.annotators_per_clip:
            raise ValueError(
                f"threshold {self.threshold} is above annotators_per_clip "
                f"{self.annotators_per_clip}; no clip could be decided"
            )
        return self


class BenchOptions(CampaignOptions):
    """Which films and clips make the bench, and how people label them."""

    film_fraction: float = Field(default=0.33, gt=0, lt=1)
    sample_clips: int = Field(default=120, ge=1)
    annotators_per_clip: int = Field(default=8, ge=1)
    threshold: int = Field(default=4, ge=1)


class SimulatedOptions(BaseModel):
    """How able simulated annotators are, and how they err; see `libra_emo.annotation.simulated`.

    Abilities and difficulties are log-odds of a right answer: at 0 every second one is right.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    annotators: int = Field(default=12, ge=1)
    ability_mean_logit: float = 1.0
    ability_spread_logit: float = Field(default=0.8, ge=0)
    difficulty_sd_logit: float = Field(default=1.25, ge=0)
    neighbour_share: float = Field(default=0.7, ge=0, le=1)
    other_share: float = Field(default=0.15, ge=0, le=1)
    adjudicator_ability_logit: float = 2.5

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.neighbour_share + self.other_share > 1:
            raise ValueError("neighbour_share and other_share together are above 1")
        return self


class AnnotationOptions(BaseModel):
    """What the `annotation` parameters hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    simulated: SimulatedOptions = SimulatedOptions()
