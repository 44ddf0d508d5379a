"""The options of the bench and of simulated annotators."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from libra_emo.common.options import CampaignOptions, Options


class ValidationOptions(CampaignOptions):
    """Which films judge the student of each round instead of the bench, and how people label them.

    Attributes:
        film_fraction: Share of the films beside the bench's that is set aside; 0 for none. The
            bench then judges the student of each round.
        sample_clips: How many clips of these films annotators label.
    """

    film_fraction: float = Field(default=0.0, ge=0, lt=1)
    sample_clips: int = Field(default=120, ge=1)
    annotators_per_clip: int = Field(default=4, ge=1)
    threshold: int = Field(default=2, ge=1)


class BenchOptions(CampaignOptions):
    """Which films and clips make the bench, and how people label them.

    Attributes:
        film_fraction: Share of the films whose clips are held out for the bench.
        sample_clips: How many clips of these films annotators label.
        validation: Films that are set aside beside the bench.
    """

    film_fraction: float = Field(default=0.33, gt=0, lt=1)
    sample_clips: int = Field(default=120, ge=1)
    annotators_per_clip: int = Field(default=8, ge=1)
    threshold: int = Field(default=4, ge=1)
    validation: ValidationOptions = ValidationOptions()


class SimulatedOptions(Options):
    """How able simulated annotators are, and how they err; see `libra_emo.annotation.simulated`.

    Abilities and difficulties are log-odds of a right answer: at 0 every second one is right.

    Attributes:
        annotators: How many simulated annotators there are.
        ability_mean_logit: Ability of the average annotator.
        ability_spread_logit: Distance of the best and of the worst annotator from the mean.
        difficulty_sd_logit: Standard deviation of the clips' difficulty.
        neighbour_share: Share of the wrong answers that are a neighbour of the true label.
        other_share: Share of the wrong answers that are "none of the labels".
        adjudicator_ability_logit: Ability of the adjudicator.
    """

    annotators: int = Field(default=12, ge=1)
    ability_mean_logit: float = 1.0
    ability_spread_logit: float = Field(default=0.8, ge=0)
    difficulty_sd_logit: float = Field(default=1.25, ge=0)
    neighbour_share: float = Field(default=0.7, ge=0, le=1)
    other_share: float = Field(default=0.15, ge=0, le=1)
    adjudicator_ability_logit: float = 2.5

    @model_validator(mode="after")
    def _check_shares(self) -> Self:
        if self.neighbour_share + self.other_share > 1:
            raise ValueError("neighbour_share and other_share together are above 1")
        return self


class AnnotationOptions(Options):
    """The parameters of `annotation`.

    Attributes:
        simulated: How simulated annotators answer.
    """

    simulated: SimulatedOptions = SimulatedOptions()
