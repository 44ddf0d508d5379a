"""The classical student: scikit-learn on the features of words, face and voice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd
from pydantic import ValidationError

from libra_emo.common.files import new_folder
from libra_emo.common.modalities import MODALITIES, parse_modalities
from libra_emo.common.options import describe_error
from libra_emo.schemas import Features, check
from libra_emo.students.calibration import Calibration, calibrate_on_people, log_scores_of
from libra_emo.students.classical.blend import Blend
from libra_emo.students.classical.cross_fitting import CrossFitted
from libra_emo.students.classical.model_file import MODEL, Arrays, read_arrays, write_arrays
from libra_emo.students.errors import StudentError
from libra_emo.students.options import CalibrationOptions, ClassicalOptions
from libra_emo.students.predictions import tabulate_predictions
from libra_emo.students.storage import CARD, check_card, check_checksum, read_card, write_card
from libra_emo.students.training_table import choose_columns, join_labels
from libra_emo.taxonomy import Taxonomy

if TYPE_CHECKING:
    from libra_emo.media.shards import ShardReader

FORMAT = 1  # of the folder; rises when a folder that was written before can no longer be read
MADE_WITH = ("scikit-learn", "numpy")


class ClassicalStudent:
    """Learns labels from the `features` table; deterministic, whatever the order of rows.

    Besides the model of all clips, `fit` trains one for each fold of films without that fold. So
    `predict` can use, for a training clip, a model that did not learn its film. If all clips are
    of one film, the folds consist of clips. The predictions of these models on clips that people
    labelled give the temperature of all probabilities.

    Args:
        taxonomy: Labels that may occur.
        options: How to learn.
        calibration_options: How to calibrate.
    """

    kind: ClassVar[str] = "classical"
    cross_fits = True

    def __init__(
        self,
        taxonomy: Taxonomy,
        options: ClassicalOptions | None = None,
        calibration_options: CalibrationOptions | None = None,
    ) -> None:
        self.taxonomy = taxonomy
        self.labels = taxonomy.labels
        self.options = options or ClassicalOptions()
        self.calibration_options = calibration_options or CalibrationOptions()
        self.modalities = MODALITIES
        self.training_clips = 0
        self.calibration = Calibration(reason="it is not trained yet")
        self._model: CrossFitted | None = None

    def fit(
        self,
        features: pd.DataFrame,
        labels: pd.DataFrame,
        seed: int,
        modalities: str = MODALITIES,
        clips: ShardReader | None = None,
        conversations: list[dict[str, Any]] | None = None,
    ) -> Self:
        """Train on the clips that have a label, calibrate on those of people, return the student.

        Args:
            features: `Features`; clips without a label are left aside.
            labels: `RoundLabels`.
            seed: Seed of the forest.
            modalities: Letters of V (`face_*`), A (`voice_*`) and T (`text_*` and the subtitle).
            clips: Not used; for students that read frames and sound.
            conversations: Not used; for students that generate text.

        Raises:
            StudentError: If a labelled clip has no features, a modality has no column, or the
                clips carry fewer than two labels.
        """
        try:
            self.modalities = parse_modalities(modalities)
        except ValueError as error:
            raise StudentError(str(error)) from error
        table = join_labels(features, labels, self.taxonomy)
        columns = choose_columns(features, self.modalities)
        self.training_clips = len(table)

        def build() -> Blend:
            return Blend(columns, "T" in self.modalities, self.options, seed)

        self._model = CrossFitted(build, self.options.folds).fit(table)
        self.calibration = self._calibrate(self._model, table)
        return self

    def predict(
        self,
        features: pd.DataFrame,
        cross_fitted: bool = False,
        clips: ShardReader | None = None,
    ) -> pd.DataFrame:
        """Return `Predictions` of every clip, sorted by clip_id, with p_<label> of every label.

        Args:
            features: `Features`, with the columns that the student was trained on.
            cross_fitted: Whether clips of a training film are predicted by the model that did not
                learn that film; clips of other films always get the model of all clips.
            clips: Not used; for students that read frames and sound.

        Raises:
            StudentError: If the student is not trained, was trained without folds although they
                are needed, or a column is missing.
        """
        model = self._trained("call fit first")
        if cross_fitted and not model.folds:
            raise StudentError(
                "the student was trained without folds, so it cannot predict cross-fitted; "
                "set folds to at least 2 and train it again"
            )
        table = check(features, Features).sort_values("clip_id", ignore_index=True)
        missing = [name for name in model.full.columns if name not in table.columns]
        if missing:
            raise StudentError(
                f"the student was trained with the column {missing[0]}, which these features "
                "lack; extract them with the same options, or train again"
            )
        scores = log_scores_of(model.probabilities(table, self.labels, cross_fitted))
        return tabulate_predictions(table["clip_id"], self.calibration.apply(scores), self.labels)

    def save(self, folder: Path) -> None:
        """Write the student into a folder, in place of an older one, in one move."""
        model = self._trained("there is nothing to save")
        with new_folder(folder) as part:
            card = {
                "kind": self.kind,
                "format": FORMAT,
                "modalities": self.modalities,
                "labels": self.labels,
                "labels_seen": [label for label in self.labels if label in model.full.seen],
                "training_clips": self.training_clips,
                "folds": len(model.folds),
                "columns": model.full.columns,
                "seed": model.full.seed,
                "calibration": self.calibration.model_dump(mode="json"),
                "options": self.options.model_dump(mode="json"),
                "calibration_options": self.calibration_options.model_dump(mode="json"),
                "taxonomy": self.taxonomy.model_dump(mode="json"),
                "model": model.describe(),
                "sha256": write_arrays(part, model.arrays()),
            }
            write_card(part, card, MADE_WITH)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the student that `save` wrote. Nothing that the folder holds is executed.

        Raises:
            StudentError: If the folder is missing, torn, or holds something else.
        """
        card = read_card(folder)
        check_card(folder, card, cls.kind, FORMAT, oldest=FORMAT)
        arrays = read_arrays(folder, str(card.get("sha256")))
        try:
            student = cls._restore(card, arrays)
        except (LookupError, TypeError, ArithmeticError, ValueError, AttributeError) as error:
            cause = describe_error(error) if isinstance(error, ValidationError) else repr(error)
            raise StudentError(
                f"{folder}: {CARD} and {MODEL} do not describe a student ({cause}); train the "
                "student again"
            ) from error
        check_checksum(folder, card)
        return student

    @classmethod
    def _restore(cls, card: dict[str, Any], arrays: dict[str, Arrays]) -> Self:
        student = cls(
            Taxonomy.model_validate(card["taxonomy"]),
            ClassicalOptions.model_validate(card["options"]),
            CalibrationOptions.model_validate(card["calibration_options"]),
        )
        student.modalities = parse_modalities(card["modalities"])
        student.training_clips = int(card["training_clips"])
        student.calibration = Calibration.model_validate(card["calibration"])

        def build() -> Blend:
            return Blend(card["columns"], "T" in student.modalities, student.options, card["seed"])

        student._model = CrossFitted(build, int(card["folds"])).restore(card["model"], arrays)
        return student

    def _trained(self, problem: str) -> CrossFitted:
        if self._model is None:
            raise StudentError(f"the student is not trained yet; {problem}")
        return self._model

    def _calibrate(self, model: CrossFitted, clips: pd.DataFrame) -> Calibration:
        if not model.folds:
            return Calibration(
                reason="it was trained without folds, so every clip was learnt by the model that "
                "predicts it"
            )

        def score(some: pd.DataFrame) -> np.ndarray:
            return log_scores_of(model.probabilities(some, self.labels, cross_fitted=True))

        return calibrate_on_people(clips, score, self.labels, self.calibration_options)
