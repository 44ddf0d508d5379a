"""Which weights predict a clip: those of all clips, or those that did not learn its film."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from libra_emo.media.shards import ShardReader
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.inference.model import (
    LoadedModel,
    Output,
    Row,
    Task,
    load_model,
)
from libra_emo.students.multimodal.inference.processes import run_in_processes
from libra_emo.students.options import MultimodalOptions

_FULL = -1  # stands for the model of all clips where folds have their numbers


@dataclass(frozen=True)
class SavedWeights:
    """Where weights lie: the folder of a training or a student, and their name in it."""

    folder: Path
    name: str

    @property
    def path(self) -> Path:
        """The folder of the weights."""
        return self.folder / self.name


class FoldModels:
    """The weights of a student, and those of the folds, each of which did not learn some films.

    Args:
        full: Weights that learnt all clips.
        folds: Weights of the folds.
        fold_of: Film → number of the fold that did not learn it.
    """

    def __init__(
        self, full: SavedWeights, folds: Sequence[SavedWeights], fold_of: Mapping[str, int]
    ) -> None:
        self.full = full
        self.folds = list(folds)
        self.fold_of = dict(fold_of)
        self._loaded: tuple[Path, LoadedModel] | None = None

    def run(
        self,
        task: Task[Output],
        rows: Sequence[Row],
        films: pd.Series,
        cross_fitted: bool,
        shards: ShardReader,
        options: MultimodalOptions,
    ) -> list[Output]:
        """Return the output of a task for each request, in their order.

        Args:
            task: Task such as `score_rows` with its labels.
            rows: Requests.
            films: Film of each request.
            cross_fitted: Whether a film that was learnt is given to the fold that did not learn it.
            shards: Source of the clips.
            options: Options of the student, with the modalities that it is given.

        Raises:
            StudentError: If folds are wanted and there are none.
        """
        if cross_fitted and not self.folds:
            raise StudentError(
                "the student was trained without folds, so it cannot predict cross-fitted; set "
                "training.multimodal.training.cross_fitting_folds to at least 2 and train it again"
            )
        found: dict[int, Output] = {}
        for weights, places in self._assign(films, cross_fitted):
            chosen = [rows[place] for place in places]
            found |= zip(places, self._run(task, weights, chosen, shards, options), strict=True)
        return [found[place] for place in range(len(rows))]

    def load(self, weights: SavedWeights, options: MultimodalOptions) -> LoadedModel:
        """Return the model with some weights; the last one that was used stays loaded."""
        if self._loaded is None or self._loaded[0] != weights.path:
            self._loaded = None  # before the next one, which may need its memory
            self._loaded = (weights.path, load_model(options, weights.path))
        return self._loaded[1]

    def _run(
        self,
        task: Task[Output],
        weights: SavedWeights,
        rows: Sequence[Row],
        shards: ShardReader,
        options: MultimodalOptions,
    ) -> list[Output]:
        if options.predict_processes > 1:
            self._loaded = None  # the processes need its memory
            return run_in_processes(task, options, weights.path, rows, shards)
        return task(self.load(weights, options), rows, shards, options)

    def _assign(
        self, films: pd.Series, cross_fitted: bool
    ) -> Iterator[tuple[SavedWeights, np.ndarray]]:
        """Give the weights that are used, each with the places of its requests."""
        fold = films.map(self.fold_of if cross_fitted else {}).fillna(_FULL).to_numpy()
        for number, weights in [(_FULL, self.full), *enumerate(self.folds)]:
            places = np.flatnonzero(fold == number)
            if len(places):
                yield weights, places
