"""What the sweeps vary."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from libra_emo.common.modalities import Modalities
from libra_emo.common.options import Options
from libra_emo.evaluation.options import MODALITY_SETS


class SweepOptions(Options):
    """What the sweeps vary.

    Attributes:
        shares: Shares of the training set (the paper's Figure 4).
        modalities: Sets of modalities (the paper's Table 6).
    """

    shares: tuple[Annotated[float, Field(gt=0, le=1)], ...] = (0.125, 0.25, 0.5, 1.0)
    modalities: tuple[Modalities, ...] = MODALITY_SETS

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name, values in (("shares", self.shares), ("modalities", self.modalities)):
            if not values:
                raise ValueError(f"`{name}` is empty; nothing would be trained")
            if len(set(values)) < len(values):
                raise ValueError(f"`{name}` has a value twice")
        return self
