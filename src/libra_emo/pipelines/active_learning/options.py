"""The loop's parameters."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from libra_emo.common.options import CampaignOptions

Score = Literal["accuracy", "macro_f1", "weighted_f1"]


class ActiveLearningOptions(CampaignOptions):
    """How a round asks annotators, and when the loop stops (`parameters_active_learning.yml`).

    Attributes:
        annotators_per_clip: How many annotators answer a clip.
        threshold: How many of them must agree on a label.
        score: Score of the student that decides when the loop stops.
        min_gain: How much the best score must rise to count as a gain.
        patience: How many rounds without a gain end the loop.
        protect_people_labels: Whether a label that people set is never asked about again.
    """

    annotators_per_clip: int = Field(default=4, ge=1)
    threshold: int = Field(default=2, ge=1)
    score: Score = "accuracy"
    min_gain: float = Field(default=0.0, ge=0, le=1)
    patience: int = Field(default=2, ge=1)
    protect_people_labels: bool = False
