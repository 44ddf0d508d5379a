"""What every student can do, whatever it is made of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

import pandas as pd

from libra_emo.errors import LibraEmoError

if TYPE_CHECKING:
    from libra_emo.students.calibration import Calibration


class StudentError(LibraEmoError):
    """A student cannot be built, trained, asked or loaded."""


class Student(Protocol):
    """A model that learns labels from clips and then predicts them."""

    modalities: str
    labels: tuple[str, ...]
    calibration: Calibration

    def fit(
        self, features: pd.DataFrame, labels: pd.DataFrame, seed: int, modalities: str = "VAT"
    ) -> Self:
        """Train on the clips that `labels` (`RoundLabels`) names, and return the student."""
        ...

    def predict(self, features: pd.DataFrame, cross_fitted: bool = False) -> pd.DataFrame:
        """Return `Predictions` of every clip, sorted by clip_id."""
        ...

    def save(self, folder: Path) -> None:
        """Write the student into a folder; a torn one never stands there."""
        ...
