"""What every student can do, whatever it is made of."""

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
        """Whether clips that it learnt are to be judged by models that did not see their films."""
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
            seed: Of all that is random.
            modalities: Letters of V, A and T.
            clips: Frames and sound, for students that read them.
            conversations: Examples with explanations, likewise; the labels alone without.
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
        """Write the student into a folder; a torn one never stands there."""
        ...
