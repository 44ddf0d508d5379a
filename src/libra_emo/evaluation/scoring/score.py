"""Scores and statistics of all models that answered to a set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from libra_emo.evaluation.answers.answer_file import FAILED, MISSING
from libra_emo.evaluation.answers.matching import ModelAnswers, count_statuses
from libra_emo.evaluation.scoring.published import PublishedRow
from libra_emo.evaluation.scoring.score_report import ModelScore, ScoreReport, Versions
from libra_emo.evaluation.sets.evaluation_set import EvaluationSet
from libra_emo.evaluation.statistics.answer_matrix import (
    AnswerMatrix,
    number_films,
)
from libra_emo.evaluation.statistics.calibration import (
    Calibration,
    CoverageCurve,
    coverage_curve,
    measure_calibration,
)
from libra_emo.evaluation.statistics.comparisons import DRAWS, compare_all, rank_ranges
from libra_emo.evaluation.statistics.intervals import (
    class_intervals,
    clip_bootstrap_interval,
    clustered_intervals,
)
from libra_emo.evaluation.statistics.power import describe_power
from libra_emo.evaluation.statistics.scores import bound_scores, per_class
from libra_emo.evaluation.statistics.soft_truth import SoftScores, noise_ceiling, soft_scores
from libra_emo.evaluation.statistics.votes import (
    EPSILON,
    Votes,
    alternative_annotator_test,
    human_ceiling,
)


def score_answers(
    clips: EvaluationSet,
    answers: Sequence[ModelAnswers],
    seed: int,
    draws: int = DRAWS,
    votes: Votes | None = None,
    epsilon: float = EPSILON,
    published: Sequence[PublishedRow] = (),
    provenance: dict[str, str] | None = None,
    versions: Sequence[Versions] = (),
) -> ScoreReport:
    """Return the scores and statistics of all models.

    Args:
        clips: The set.
        answers: Each model's answers to it.
        seed: Seed of all draws.
        draws: Number of sign flips.
        votes: People's votes for the clips, where there are any.
        epsilon: What replacing a person saves, for the alternative-annotator test.
        published: Rows to show beside.
        provenance: What was read, for the report.
        versions: What each model's scores rest on.
    """
    matrix = make_matrix(clips, answers)
    comparisons = compare_all(matrix, seed, draws)
    models = tuple(
        _score_model(matrix, place, clips, answers[place], votes, epsilon)
        for place in range(len(answers))
    )
    return ScoreReport(
        clips,
        models,
        tuple(comparisons),
        rank_ranges(len(models), comparisons),
        describe_power(comparisons),
        human_ceiling(votes, seed) if votes is not None else None,
        noise_ceiling(votes, seed) if votes is not None else None,
        tuple(published),
        seed,
        draws,
        provenance or {},
        tuple(versions),
    )


def make_matrix(clips: EvaluationSet, answers: Sequence[ModelAnswers]) -> AnswerMatrix:
    """Return the answers of all models as codes."""
    return AnswerMatrix(
        np.array(clips.truth, dtype=np.int64),
        np.stack([each.predicted for each in answers]),
        number_films(clips.film),
        clips.classes.names,
        np.array(clips.classes.negative),
        tuple(name_models(answers)),
    )


def name_models(answers: Sequence[ModelAnswers]) -> list[str]:
    """Return a name for each entry, no two alike: the model, what it was shown, else the file."""
    names = [each.model for each in answers]
    for ends in (
        [each.modalities for each in answers],
        [each.path.name for each in answers],
        [str(each.path) for each in answers],
        [str(place + 1) for place in range(len(answers))],
    ):
        count = Counter(names)
        names = [
            f"{name} ({end})" if end and count[name] > 1 else name
            for name, end in zip(names, ends, strict=True)
        ]
    return names


def _score_model(
    matrix: AnswerMatrix,
    place: int,
    clips: EvaluationSet,
    answers: ModelAnswers,
    votes: Votes | None,
    epsilon: float,
) -> ModelScore:
    answered, readable = matrix.answered[place], matrix.readable[place]
    ids = np.array(clips.clip_ids, dtype=object)
    statuses = np.array(answers.statuses)
    calibration, curve = _calibrate(answers, matrix)
    return ModelScore(
        name=matrix.models[place],
        model=answers.model,
        modalities=answers.modalities,
        statuses=count_statuses(answers),
        missing=tuple(ids[statuses == MISSING]),
        failed=tuple(ids[statuses == FAILED]),
        without_label=tuple(ids[answered & ~readable]),
        coverage=float(answered.mean()),
        scores=clustered_intervals(matrix, place, answered),
        readable=clustered_intervals(matrix, place, readable),
        bounds=bound_scores(matrix, place, answered),
        bounds_all=bound_scores(matrix, place, np.ones(len(clips), dtype=bool)),
        clip_bootstrap=clip_bootstrap_interval(int(matrix.right[place].sum()), int(answered.sum())),
        classes=per_class(matrix, place, answered),
        recalls=class_intervals(matrix.count(place, answered)),
        confusion=matrix.confusion(place),
        calibration=calibration,
        curve=curve,
        soft=_soft(answers, votes),
        alternative=None
        if votes is None
        else alternative_annotator_test(votes, answers.predicted, epsilon),
        left_out=answers.left_out,
        answers=answers,
    )


def _calibrate(
    answers: ModelAnswers, matrix: AnswerMatrix
) -> tuple[Calibration | None, CoverageCurve | None]:
    if answers.probabilities is None:
        return None, None
    known = ~np.isnan(answers.probabilities).any(axis=1)
    if not known.any():
        return None, None
    shares, truth = answers.probabilities[known], matrix.truth[known]
    curve = coverage_curve(shares.max(axis=1), shares.argmax(axis=1) == truth)
    return measure_calibration(shares, truth), curve


def _soft(answers: ModelAnswers, votes: Votes | None) -> SoftScores | None:
    if votes is None:
        return None
    sure = np.zeros((len(answers.predicted), votes.classes))
    rows = np.flatnonzero(answers.predicted >= 0)
    sure[rows, answers.predicted[rows]] = 1
    if answers.probabilities is None:
        return soft_scores(sure, votes.counts)
    known = ~np.isnan(answers.probabilities).any(axis=1, keepdims=True)
    return soft_scores(np.where(known, answers.probabilities, sure), votes.counts)
