"""The answers of several models to one set of clips, as codes, and their counts by film.

Every score is a function of counts by class. Counts by film are enough for clustered intervals, so
nothing later looks at single clips again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from libra_emo.errors import LibraEmoError

NO_LABEL = -1  # an answer from which no label could be read
NO_ANSWER = -2  # there is no answer
OTHER_LABEL = -3  # a label that no class of the set stands for: read, and wrong

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


class StatisticsError(LibraEmoError):
    """The answers cannot be compared or scored as they are."""


class Counts(NamedTuple):
    """Counts by class; the last axis is the class, the one before it, where there is one, the film.

    Attributes:
        hits: Clips whose answer is the true class.
        truths: Clips of each true class.
        predictions: Clips answered with each class.
        negative_predictions: The same, only of clips whose truth is a negative class.
    """

    hits: Numbers
    truths: Numbers
    predictions: Numbers
    negative_predictions: Numbers

    def total(self) -> Counts:
        """Return the counts of all films together."""
        return Counts(*(part.sum(axis=-2) for part in self))

    def without_each(self) -> Counts:
        """Return for each film the counts of all the others."""
        return Counts(*(part.sum(axis=-2, keepdims=True) - part for part in self))


@dataclass(frozen=True)
class AnswerMatrix:
    """Answers of m models to n clips.

    Attributes:
        truth: Place of each clip's true class in `classes`, [n].
        predicted: Place of each answer's class, or one of the negative codes, [m, n].
        film: Number of each clip's film, from 0 on, [n]; clips of one film are alike.
        classes: Classes of the set in the order of all tables.
        negative: Which classes are negative emotions, [k].
        models: Names of the models, [m].
    """

    truth: Codes
    predicted: Codes
    film: Codes
    classes: tuple[str, ...]
    negative: Flags
    models: tuple[str, ...]

    def __post_init__(self) -> None:
        clips = len(self.truth)
        if self.predicted.shape != (len(self.models), clips) or len(self.film) != clips:
            raise StatisticsError(
                f"{clips} truths, {len(self.film)} films and answers of shape "
                f"{self.predicted.shape} do not fit together"
            )
        if not clips:
            raise StatisticsError("there is no clip to score")

    @property
    def films(self) -> int:
        """The number of films."""
        return int(self.film.max()) + 1

    @property
    def right(self) -> Flags:
        """Which answers are the true class, [m, n]."""
        right: Flags = self.predicted == self.truth
        return right

    @property
    def answered(self) -> Flags:
        """Which clips have an answer, readable or not, [m, n]."""
        answered: Flags = self.predicted != NO_ANSWER
        return answered

    @property
    def readable(self) -> Flags:
        """Which clips have an answer with a label, [m, n]."""
        readable: Flags = self.answered & (self.predicted != NO_LABEL)
        return readable

    def count(self, model: int, counted: Flags) -> Counts:
        """Return one model's counts by film and class, each of shape [films, k].

        Args:
            model: Place of the model.
            counted: Which clips count, [n].
        """
        truth, predicted = self.truth[counted], self.predicted[model, counted]
        film, labelled = self.film[counted], predicted >= 0
        inside = labelled & self.negative[truth]
        return Counts(
            self._tally(film, truth, truth == predicted),
            self._tally(film, truth, np.ones(len(truth), dtype=bool)),
            self._tally(film, predicted, labelled),
            self._tally(film, predicted, inside),
        )

    def confusion(self, model: int) -> NDArray[np.int64]:
        """Return counts, true classes down; across the classes, other labels, no label, none."""
        width = len(self.classes)
        column = {OTHER_LABEL: width, NO_LABEL: width + 1, NO_ANSWER: width + 2}
        answers = self.predicted[model]
        places = np.where(answers >= 0, answers, 0)
        for code, place in column.items():
            places = np.where(answers == code, place, places)
        counts = np.zeros((width, width + 3), dtype=np.int64)
        np.add.at(counts, (self.truth, places), 1)
        return counts

    def _tally(self, film: Codes, place: Codes, chosen: Flags) -> Numbers:
        width = len(self.classes)
        cells = film[chosen] * width + place[chosen]
        tally = np.bincount(cells, minlength=self.films * width).reshape(self.films, width)
        return tally.astype(float)


def number_films(names: Sequence[str]) -> Codes:
    """Return the number of each clip's film, in the order in which the films first appear."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)
