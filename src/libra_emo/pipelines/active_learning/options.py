"""The loop's parameters."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import Field, model_validator

from libra_emo.common.options import CampaignOptions
from libra_emo.labelling.audit import AuditOptions
from libra_emo.labelling.certificate import CertificateOptions
from libra_emo.labelling.power import BudgetOptions
from libra_emo.labelling.query_strategies import AskingOptions, StrategyName

Score = Literal["accuracy", "macro_f1", "weighted_f1"]
StopName = Literal["plateau", "rounds", "certified", "budget", "expected_fixes"]


class AuditArmOptions(AuditOptions):
    """Whether every round has an audit, and how large it is.

    Attributes:
        enabled: Whether clips of all labels are drawn in each round, for a certificate.
    """

    enabled: bool = False


class ActiveLearningOptions(CampaignOptions):
    """How a round asks annotators, and when the loop stops (`parameters_active_learning.yml`).

    Attributes:
        query_strategy: Which clips are asked about; see `libra_emo.labelling.query_strategies`.
        annotators_per_clip: How many annotators answer a clip, at most where one is asked at a
            time.
        threshold: How many of them must agree on a label; read by `disagreement` and by audits.
        clips_per_round: How many clips a round asks about at most; null for no limit. The clips
            with the highest scores are asked.
        share_per_round: The same as a share of the labelled clips; null for no limit.
        sequential: Whether one annotator at a time is asked, until the posterior passes
            `asking.target`.
        asking: When a clip is asked about once more.
        audit: The audit of every round.
        certificate: How sure the certificate is.
        score: Score of the student that decides when the loop stops.
        stop: What ends the loop before its last round; see `stopping_criterion`.
        min_gain: How much the best score must rise to count as a gain.
        patience: How many rounds without a gain end the loop.
        target_error: Certified error, overall, at which the loop stops.
        class_targets: Label → certified error of it at which the loop stops.
        max_judgements: How many answers of people end the loop; null for no limit.
        min_fixes_per_hour: Expected right labels for an hour of people's work below which the
            loop stops; null for no floor.
        costs: What a judgement costs.
        protect_people_labels: Whether a label that people set is never asked about again.
    """

    query_strategy: StrategyName = "disagreement"
    annotators_per_clip: int = Field(default=4, ge=1)
    threshold: int = Field(default=2, ge=1)
    clips_per_round: int | None = Field(default=None, ge=1)
    share_per_round: float | None = Field(default=None, gt=0, le=1)
    sequential: bool = False
    asking: AskingOptions = AskingOptions()
    audit: AuditArmOptions = AuditArmOptions()
    certificate: CertificateOptions = CertificateOptions()
    score: Score = "accuracy"
    stop: StopName = "plateau"
    min_gain: float = Field(default=0.0, ge=0, le=1)
    patience: int = Field(default=2, ge=1)
    target_error: float = Field(default=0.1, gt=0, le=1)
    class_targets: dict[str, float] = Field(default_factory=dict)
    max_judgements: int | None = Field(default=None, ge=1)
    min_fixes_per_hour: float | None = Field(default=None, gt=0)
    costs: BudgetOptions = BudgetOptions()
    protect_people_labels: bool = False

    @model_validator(mode="after")
    def _check_sequential(self) -> Self:
        if self.sequential and self.query_strategy == "disagreement":
            raise ValueError(
                "sequential asks until the posterior is sure, but the labels of the strategy "
                "disagreement follow the votes alone; choose another query_strategy, or set "
                "sequential to false"
            )
        return self

    def most_clips(self, labelled: int) -> int:
        """Return how many of the labelled clips a round asks about at most."""
        limits = [labelled]
        if self.clips_per_round is not None:
            limits.append(self.clips_per_round)
        if self.share_per_round is not None:
            limits.append(max(1, math.ceil(self.share_per_round * labelled)))
        return min(limits)
