"""How a student's probabilities are calibrated."""

from __future__ import annotations

from pydantic import Field

from libra_emo.common.options import Options


class CalibrationOptions(Options):
    """How a student's probabilities are calibrated on clips that people labelled.

    Attributes:
        min_clips: Fewest clips with a person's label; with fewer there is no calibration.
        folds: Number of groups of films; each group is measured with the temperature of the others.
        bins: Number of bins of the expected calibration error; 15 as in Guo et al. 2017.
    """

    min_clips: int = Field(default=50, ge=2)
    folds: int = Field(default=5, ge=2)
    bins: int = Field(default=15, ge=1)
