"""The interface of all students."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

import pandas as pd

if TYPE_CHECKING:
    from libra_emo.media.shards import ShardReader
    from libra_emo.students.calibration import Calibration


class Student(Protocol):
    """A model that learns labels from clips and then predicts them."""

    kind: ClassVar[str]
    modalities: str
    labels: tuple[str, ...]
    calibration: Calibration

    @property
    def cross_fits(self) -> bool:
        """Whether training clips can be predicted by models that did not learn their films."""
        ...

    def fit(
        self,
        features: pd.DataFrame,
        labels: pd.DataFrame,
        seed: int,
        modalities: str = "VAT",
        clips: ShardReader | None = None,
        conversations: list[dict[str, Any]] | None = None,
    ) -> Self:
        """Train on the clips that `labels` (`RoundLabels`) names, and return the student.

        Args:
            features: `Features`: what was measured of each clip, its subtitle and film.
            labels: `RoundLabels`.
            seed: Seed of all random draws.
            modalities: Letters of V, A and T.
            clips: Source of frames and sound, for students that read them.
            conversations: Examples with explanations, for students that generate text.
        """
        ...

    def predict(
        self,
        features: pd.DataFrame,
        cross_fitted: bool = False,
        clips: ShardReader | None = None,
    ) -> pd.DataFrame:
        """Return `Predictions` of every clip, sorted by clip_id."""
        ...

    def save(self, folder: Path) -> None:
        """Write the student into a folder; an incomplete one never lies there."""
        ...
