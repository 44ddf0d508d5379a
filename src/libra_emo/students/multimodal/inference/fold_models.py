"""Who judges a clip: the student of all clips, or one that did not see its film."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from libra_emo.media.shards import ShardReader
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.inference.predicting import (
    Judge,
    Row,
    Told,
    Work,
    ask_processes,
    load_judge,
)
from libra_emo.students.multimodal.options import MultimodalOptions
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

    def ask(
        self,
        work: Work[Told],
        rows: Sequence[Row],
        films: pd.Series,
        cross_fitted: bool,
        shards: ShardReader,
        options: MultimodalOptions,
    ) -> list[Told]:
        """Return what some work tells of each request, in their order.

        Args:
            work: Such as `score_rows` with its labels.
            rows: Requests.
            films: The film of each.
            cross_fitted: Whether a film that was learnt is judged by the fold that did not.
            shards: Gives the clips.
            options: The student's, with what it is shown.

        Raises:
            StudentError: If there are no folds and they are asked for.
        """
        if cross_fitted and not self.folds:
            raise StudentError(
                "the student was trained without folds, so it cannot predict cross-fitted; set "
                "training.multimodal.training.cross_fitting_folds to at least 2 and train it again"
            )
        found: dict[int, Told] = {}
        for home, mine in self._shares(films, cross_fitted):
            some = [rows[place] for place in mine]
            found |= zip(mine, self._ask(work, home, some, shards, options), strict=True)
        return [found[place] for place in range(len(rows))]

    def _ask(
        self,
        work: Work[Told],
        home: Home,
        rows: Sequence[Row],
        shards: ShardReader,
        options: MultimodalOptions,
    ) -> list[Told]:
        if options.predict_processes > 1:
            self._loaded = None  # its room is for theirs
            return ask_processes(work, options, home.path, rows, shards.folder)
        return work(self.load(home, options), rows, shards, options)

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
