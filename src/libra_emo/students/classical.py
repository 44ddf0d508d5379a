"""The student for every laptop: scikit-learn on the features of words, face and voice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from libra_emo.schemas import Features, Predictions, RoundLabels, check, check_labels
from libra_emo.students.blend import Blend
from libra_emo.students.folders import load_student_folder, save_student_folder
from libra_emo.students.folds import deal_folds
from libra_emo.students.interface import StudentError
from libra_emo.students.options import MODALITIES, StudentOptions, order_modalities
from libra_emo.taxonomy import Taxonomy

PREFIXES = {"V": "face_", "A": "voice_", "T": "text_"}
_DIGITS = 9  # of probabilities, so that the last bits of a sum make no other file


class ClassicalStudent:
    """Learns labels from the `features` table; deterministic, and blind to the order of rows.

    Beside the model of all clips, `fit` trains one for each group of films without that group,
    so that `predict` can judge a training clip by a model that never saw its film. Where all clips
    are of one film, groups of neighbouring clips take the films' place.

    Args:
        taxonomy: The labels that may occur.
        options: How to learn.
    """

    kind = "classical"

    def __init__(self, taxonomy: Taxonomy, options: StudentOptions | None = None) -> None:
        self.taxonomy = taxonomy
        self.labels = taxonomy.labels
        self.options = options or StudentOptions()
        self.modalities = MODALITIES
        self.training_clips = 0
        self.grouped_by = "source_id"
        self._full: Blend | None = None
        self._folds: list[Blend] = []
        self._fold_of: dict[str, int] = {}

    def fit(
        self,
        features: pd.DataFrame,
        labels: pd.DataFrame,
        seed: int,
        modalities: str = MODALITIES,
    ) -> Self:
        """Train on the clips that have a label, and return the student.

        Args:
            features: `Features`; clips without a label are left aside.
            labels: `RoundLabels`.
            seed: Of the forest.
            modalities: Letters of V (`face_*`), A (`voice_*`) and T (`text_*` and the subtitle).

        Raises:
            StudentError: If a labelled clip has no features, a modality has no column, or the
                clips carry fewer than two labels.
        """
        self.modalities = _modalities(modalities)
        clips = self._training_table(features, labels)
        truth = clips["label"].tolist()
        columns = self._columns(features)
        self.training_clips = len(clips)
        with _one_thread():
            self._full = self._blend(columns, seed).fit(clips, truth)
            self._fit_folds(clips, columns, seed)
        return self

    def predict(self, features: pd.DataFrame, cross_fitted: bool = False) -> pd.DataFrame:
        """Return `Predictions` of every clip, sorted by clip_id, with p_<label> of every label.

        Args:
            features: `Features`, with the columns that the student was trained on.
            cross_fitted: Whether clips of a training film are judged by the model that did not
                see that film; clips of other films always get the model of all clips.

        Raises:
            StudentError: If the student is not trained, was trained without folds although they
                are asked for, or a column is missing.
        """
        if self._full is None:
            raise StudentError("the student is not trained yet; call fit first")
        if cross_fitted and not self._folds:
            raise StudentError(
                "the student was trained without folds, so it cannot predict cross-fitted; "
                "set folds to at least 2 and train it again"
            )
        clips = check(features, Features).sort_values("clip_id", ignore_index=True)
        self._check_columns(clips, self._full)
        found = np.zeros((len(clips), len(self.labels)))
        groups = clips[self.grouped_by].map(self._fold_of) if cross_fitted else None
        with _one_thread():
            for model, rows in self._models(groups, len(clips)):
                found[rows] = model.probabilities(clips.loc[rows], self.labels)
        return self._predictions(clips["clip_id"], found)

    def save(self, folder: Path) -> None:
        """Write the student into a folder, in one move."""
        if self._full is None:
            raise StudentError("the student is not trained yet; there is nothing to save")
        card = {
            "kind": self.kind,
            "modalities": self.modalities,
            "labels": list(self.labels),
            "labels_seen": [label for label in self.labels if label in self._full.seen],
            "training_clips": self.training_clips,
            "folds": len(self._folds),
            "folds_by": self.grouped_by,
            "columns": self._full.columns,
            "options": self.options.model_dump(),
        }
        save_student_folder(self, card, folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the student that `save` wrote.

        Raises:
            StudentError: If the folder is missing, torn, or holds something else.
        """
        return load_student_folder(folder, cls)

    def _training_table(self, features: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
        labels = check(labels, RoundLabels)
        check_labels(labels["label"], self.taxonomy, "training labels")
        lost = sorted(set(labels["clip_id"]) - set(features["clip_id"]))
        if lost:
            raise StudentError(
                f"clip {lost[0]} has a label and no features ({len(lost)} such clips); "
                "run preprocessing again"
            )
        kinds = sorted(labels["label"].unique())
        if len(kinds) < 2:
            what = f"all carry the label {kinds[0]!r}" if kinds else "there are none"
            raise StudentError(
                f"{len(labels)} training clips, and {what}; a student needs two labels at least"
            )
        table = check(features, Features).merge(labels[["clip_id", "label"]], on="clip_id")
        return table.sort_values("clip_id", ignore_index=True)

    def _columns(self, features: pd.DataFrame) -> list[str]:
        chosen: list[str] = []
        for letter in self.modalities:
            named = [name for name in features.columns if name.startswith(PREFIXES[letter])]
            if not named and letter != "T":
                raise StudentError(
                    f"modality {letter}: the features have no column {PREFIXES[letter]}*; "
                    "leave the letter out, or extract these features"
                )
            chosen += sorted(named)
        if not chosen and features["subtitle"].str.strip().eq("").all():
            raise StudentError(
                "modality T: no subtitle holds a word, and there is no text_* column"
            )
        return chosen

    def _blend(self, columns: list[str], seed: int) -> Blend:
        return Blend(columns, "T" in self.modalities, self.options, seed)

    def _fit_folds(self, clips: pd.DataFrame, columns: list[str], seed: int) -> None:
        self._folds, self._fold_of = [], {}
        self.grouped_by = "source_id" if clips["source_id"].nunique() > 1 else "clip_id"
        groups = clips[self.grouped_by]
        count = min(self.options.folds, groups.nunique())
        if count < 2:
            return
        self._fold_of = deal_folds(groups, count)
        fold = groups.map(self._fold_of)
        for number in range(count):
            others = clips[fold != number]
            self._folds.append(self._blend(columns, seed).fit(others, others["label"].tolist()))

    def _models(self, groups: pd.Series | None, rows: int) -> Iterator[tuple[Blend, np.ndarray]]:
        assert self._full is not None  # noqa: S101 - predict has looked
        if groups is None:
            groups = pd.Series(np.nan, index=range(rows))
        for number, model in [(-1, self._full), *enumerate(self._folds)]:
            mine = groups.fillna(-1).eq(number).to_numpy()
            if mine.any():
                yield model, mine

    def _check_columns(self, clips: pd.DataFrame, model: Blend) -> None:
        missing = [name for name in model.columns if name not in clips.columns]
        if missing:
            raise StudentError(
                f"the student was trained with the column {missing[0]}, which these features "
                "lack; extract them with the same options, or train again"
            )

    def _predictions(self, clip_ids: pd.Series, found: np.ndarray) -> pd.DataFrame:
        found = found.round(_DIGITS)
        names = np.array(self.labels, dtype=object)
        table = pd.DataFrame(
            {
                "clip_id": clip_ids.to_numpy(),
                "predicted": names[found.argmax(axis=1)],
                "confidence": found.max(axis=1),
            }
        )
        shares = pd.DataFrame(found, columns=[f"p_{label}" for label in self.labels])
        return check(pd.concat([table, shares], axis=1), Predictions)


def _modalities(text: str) -> str:
    try:
        return order_modalities(text)
    except ValueError as error:
        raise StudentError(str(error)) from error


@contextmanager
def _one_thread() -> Iterator[None]:
    """Hold the linear algebra to one thread, whose sums have one order."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1):
        yield
