"""Who judges a clip: the student of all clips, or one that did not see its film."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from libra_emo.media.shards import ShardReader
from libra_emo.students.interface import StudentError
from libra_emo.students.multimodal.options import MultimodalOptions
from libra_emo.students.multimodal.predicting import (
    Judge,
    load_judge,
    score_in_processes,
    score_rows,
)
from libra_emo.students.multimodal.training.running import Trained

_ALL = -1  # stands for the student of all clips where folds have their numbers


@dataclass(frozen=True)
class Home:
    """Where weights lie: a folder, and their name in it."""

    folder: Path
    weights: str

    @classmethod
    def of(cls, trained: Trained) -> Home:
        """Return where a training's weights lie."""
        return cls(trained.folder, str(trained.result["weights"]))

    @property
    def path(self) -> Path:
        """The folder of the weights."""
        return self.folder / self.weights


class Judges:
    """A student's weights, and those of the folds that each did not see some films.

    Args:
        home: Of the student of all clips.
        folds: Of the others.
        fold_of: Film → the fold whose student did not see it.
    """

    def __init__(self, home: Home, folds: Sequence[Home], fold_of: Mapping[str, int]) -> None:
        self.home = home
        self.folds = list(folds)
        self.fold_of = dict(fold_of)
        self._loaded: tuple[Path, Judge] | None = None

    def score(
        self,
        rows: Sequence[Mapping[str, Any]],
        films: pd.Series,
        cross_fitted: bool,
        shards: ShardReader,
        options: MultimodalOptions,
        labels: Sequence[str],
    ) -> np.ndarray:
        """Return the logarithms of the labels' probabilities, one row a request.

        Args:
            rows: Requests.
            films: The film of each.
            cross_fitted: Whether a film that was learnt is judged by the fold that did not.
            shards: Gives the clips.
            options: The student's, with what it is shown.
            labels: The columns.

        Raises:
            StudentError: If there are no folds and they are asked for.
        """
        if cross_fitted and not self.folds:
            raise StudentError(
                "the student was trained without folds, so it cannot predict cross-fitted; set "
                "training.multimodal.training.cross_fitting_folds to at least 2 and train it again"
            )
        found = np.zeros((len(rows), len(labels)))
        for home, mine in self._shares(films, cross_fitted):
            some = [rows[place] for place in mine]
            if options.predict_processes > 1:
                self._loaded = None  # its room is for theirs
                found[mine] = score_in_processes(options, home.path, some, shards.folder, labels)
            else:
                found[mine] = score_rows(self.load(home, options), some, shards, options, labels)
        return found

    def load(self, home: Home, options: MultimodalOptions) -> Judge:
        """Return the model with a training's weights; the last one that was asked stays loaded."""
        if self._loaded is None or self._loaded[0] != home.path:
            self._loaded = None  # before the next one, which may need its room
            self._loaded = (home.path, load_judge(options, home.path))
        return self._loaded[1]

    def _shares(self, films: pd.Series, cross_fitted: bool) -> Iterator[tuple[Home, np.ndarray]]:
        """Give each student that is asked, with the places of its clips."""
        fold = films.map(self.fold_of if cross_fitted else {}).fillna(_ALL).to_numpy()
        for number, home in [(_ALL, self.home), *enumerate(self.folds)]:
            mine = np.flatnonzero(fold == number)
            if len(mine):
                yield home, mine
