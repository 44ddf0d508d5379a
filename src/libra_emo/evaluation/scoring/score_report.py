"""What a report of scores holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from libra_emo.evaluation.answers.matching import ModelAnswers
from libra_emo.evaluation.scoring.published import PublishedRow
from libra_emo.evaluation.sets.evaluation_set import EvaluationSet
from libra_emo.evaluation.statistics.answer_matrix import Numbers
from libra_emo.evaluation.statistics.calibration import Calibration, CoverageCurve
from libra_emo.evaluation.statistics.comparisons import Comparison
from libra_emo.evaluation.statistics.intervals import Interval
from libra_emo.evaluation.statistics.power import Power
from libra_emo.evaluation.statistics.scores import Bounds
from libra_emo.evaluation.statistics.soft_truth import SoftScores
from libra_emo.evaluation.statistics.votes import AlternativeTest, HumanCeiling


@dataclass(frozen=True)
class ModelScore:
    """The scores of one model.

    Attributes:
        name: Name of the model, with what it was shown where several entries share a name.
        model: Name of the model.
        modalities: What it was shown; empty where not known.
        statuses: Number of clips in each status.
        missing: Ids of the clips without any row.
        failed: Ids of the clips for which the model was asked and gave no answer.
        without_label: Ids of the clips whose answer has no label.
        coverage: Share of the set's clips that have an answer.
        scores: Each score over the clips with an answer; an answer without a label is wrong.
        readable: Each score over the clips whose answer has a label.
        bounds: Accuracy and UAR over the clips with an answer, if every answer without a label
            were wrong, and if it were right.
        bounds_all: The same over every clip of the set, missing ones too.
        clip_bootstrap: Percentile bootstrap interval of the accuracy over clips, for reference.
        classes: Truths, predictions, hits, precision, recall and F1 of each class.
        recalls: Recall of each class with its interval.
        confusion: True classes down; classes, other labels, no label and no answer across.
        calibration: How far its probabilities can be trusted, where it gives any.
        curve: Accuracy of its surest answers, where it gives probabilities.
        soft: Distances to people's votes, where there are votes.
        alternative: Whether it could replace an annotator, where there are votes.
        left_out: Answers to clips that the set leaves out.
        answers: The answers themselves.
    """

    name: str
    model: str
    modalities: str
    statuses: dict[str, int]
    missing: tuple[str, ...]
    failed: tuple[str, ...]
    without_label: tuple[str, ...]
    coverage: float
    scores: dict[str, Interval]
    readable: dict[str, Interval]
    bounds: dict[str, Bounds]
    bounds_all: dict[str, Bounds]
    clip_bootstrap: tuple[float, float]
    classes: dict[str, Numbers]
    recalls: list[Interval]
    confusion: NDArray[np.int64]
    calibration: Calibration | None
    curve: CoverageCurve | None
    soft: SoftScores | None
    alternative: AlternativeTest | None
    left_out: int
    answers: ModelAnswers


class Versions(NamedTuple):
    """What the scores of one model rest on: digests, and the version of its prompt.

    Attributes:
        data: Digest of the file with the truth.
        answers: Digest of the file with the answers.
        prompt: Version of the prompt; empty where the file does not give it.
        parser: Digest of the code and data by which replies are read.
    """

    data: str
    answers: str
    prompt: str
    parser: str


@dataclass(frozen=True)
class ScoreReport:
    """Everything that a report shows.

    Attributes:
        clips: The set.
        models: The models in the order of their files.
        comparisons: Every pair of them.
        ranks: Best and worst rank that each may have, [models, 2].
        power: What the set can tell apart; None for one model.
        ceiling: What people reach; None without votes.
        noise: What half of the annotators reaches against the other half; None without votes.
        published: Rows of the paper's tables on this set.
        seed: Seed of the draws.
        draws: Number of sign flips.
        provenance: What was read, by which version: name → value.
        versions: What each model's scores rest on, in the order of `models`; empty where nobody
            asked for it.
    """

    clips: EvaluationSet
    models: tuple[ModelScore, ...]
    comparisons: tuple[Comparison, ...]
    ranks: NDArray[np.int64]
    power: Power | None
    ceiling: HumanCeiling | None
    noise: SoftScores | None
    published: tuple[PublishedRow, ...]
    seed: int
    draws: int
    provenance: dict[str, str]
    versions: tuple[Versions, ...] = ()

    @property
    def best_first(self) -> list[int]:
        """Places of the models, the most accurate first; those without any answer last."""
        accuracy = [model.scores["accuracy"].estimate for model in self.models]
        return sorted(
            range(len(accuracy)), key=lambda place: -np.nan_to_num(accuracy[place], nan=-1.0)
        )
