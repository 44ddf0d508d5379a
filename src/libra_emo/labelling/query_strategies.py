"""Query strategies: which clips people are asked about next.

Each strategy gives every open clip a score; the clips with the highest are asked. `disagreement`
is the paper's rule. `expected_gain` asks where a judgement is expected to make most labels right
for its cost; a class that is rare counts more, so that no class is left behind.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

import numpy as np
from pydantic import Field

from libra_emo.common.options import Options
from libra_emo.labelling.posterior import Posterior
from libra_emo.labelling.votes import Bools, Floats, Ints, LabellingError, Votes

StrategyName = Literal["disagreement", "expected_gain", "selective_risk", "random", "activelab"]
CLIPS_AT_ONCE = 1_024


class AskingOptions(Options):
    """When a clip is asked about once more.

    Attributes:
        target: Probability of the label at which nobody else is asked.
        max_judgements: How many people answer for a clip at most.
        class_floor: How much the recall of classes counts beside the share of right labels:
            0 is the share of right labels alone, 1 is the mean recall alone.
        max_class_weight: How much more a right label of a rare class counts at most.
    """

    target: float = Field(default=0.97, gt=0, le=1)
    max_judgements: int = Field(default=6, ge=1)
    class_floor: float = Field(default=0.45, ge=0, le=1)
    max_class_weight: float = Field(default=8.0, ge=1)


class Candidates(NamedTuple):
    """What a strategy may know of all clips, by position.

    Attributes:
        labels: Current label, -1 for none.
        student: The student's probabilities, cross-fitted.
        votes: People's votes so far.
        posterior: What is known of them.
        judgements: How many people have answered.
        cost: What one more judgement costs, in any unit.
        draws: A number in [0, 1) for each clip, for draws and for ties.
    """

    labels: Ints
    student: Floats
    votes: Votes
    posterior: Posterior
    judgements: Ints
    cost: Floats
    draws: Floats


class QueryStrategy(Protocol):
    """Gives each clip a score: the higher, the sooner it is asked; -inf is never asked."""

    def __call__(self, candidates: Candidates, options: AskingOptions) -> Floats:
        """Return the score of each clip."""
        ...


def disagreement(candidates: Candidates, options: AskingOptions) -> Floats:
    """Score clips whose label is not the student's (paper, Algorithm 1, lines 20-25)."""
    differs = candidates.labels != candidates.student.argmax(axis=1)
    return np.where(differs, 1 + candidates.draws, -np.inf)


def random(candidates: Candidates, options: AskingOptions) -> Floats:
    """Score open clips at random, those that were asked already first, until they are closed."""
    begun = (candidates.judgements > 0) & is_open(candidates, options)
    return np.where(is_open(candidates, options), begun + candidates.draws, -np.inf)


def selective_risk(candidates: Candidates, options: AskingOptions) -> Floats:
    """Score open clips by how improbable their most probable label is."""
    risk = 1 - candidates.posterior.probabilities.max(axis=1)
    return np.where(is_open(candidates, options), risk, -np.inf)


def expected_gain(candidates: Candidates, options: AskingOptions) -> Floats:
    """Score open clips by the expected gain of one more judgement, divided by its cost.

    The gain is by how much the weight of the label that would be released is expected to rise:
    with one judgement, or half of it with two where one alone cannot change the label (Frazier,
    P., and Powell, W. (2010). Paradoxes in learning and the marginal value of information. Decision
    Analysis 7, 378-403).
    """
    posterior = candidates.posterior
    weights = class_weights(posterior.probabilities, options)
    gain = np.zeros(len(candidates.labels))
    for start in range(0, len(gain), CLIPS_AT_ONCE):
        rows = slice(start, start + CLIPS_AT_ONCE)
        gain[rows] = _gain(posterior.probabilities[rows] * weights, posterior.next_answers(rows))
    score = gain / candidates.cost + 1e-12 * candidates.draws
    return np.where(is_open(candidates, options), score, -np.inf)


def activelab(candidates: Candidates, options: AskingOptions) -> Floats:
    """Score open clips as ActiveLab does, a reference for benchmarks that needs cleanlab.

    Goh, H. W., and Mueller, J. (2023). ActiveLab: active learning with re-labeling by multiple
    annotators. arXiv 2301.11856.

    Raises:
        LabellingError: If cleanlab is not installed, or nobody has answered yet.
    """
    try:
        from cleanlab.multiannotator import get_active_learning_scores
    except ImportError as error:
        raise LabellingError(
            "the strategy activelab needs cleanlab, which the project does not install (AGPL-3.0); "
            "install it with `.venv/bin/uv pip install cleanlab`, or leave the strategy out"
        ) from error
    student, votes = candidates.student, candidates.votes
    named = votes.answer < student.shape[1]
    if not named.any():
        raise LabellingError("activelab needs a few votes to begin with")
    asked, row = np.unique(votes.clip[named], return_inverse=True)
    people, column = np.unique(votes.person[named], return_inverse=True)
    table = np.full((len(asked), len(people)), np.nan)
    table[row, column] = votes.answer[named]
    rest = np.setdiff1d(np.arange(len(student)), asked)
    score = np.empty(len(student))
    score[asked], score[rest] = get_active_learning_scores(table, student[asked], student[rest])
    return np.where(candidates.judgements < options.max_judgements, -score, -np.inf)


STRATEGIES: dict[StrategyName, QueryStrategy] = {
    "disagreement": disagreement,
    "expected_gain": expected_gain,
    "selective_risk": selective_risk,
    "random": random,
    "activelab": activelab,
}


def select(scores: Floats, count: int) -> Ints:
    """Return the positions of the highest scores, ascending, and no clip that is never asked."""
    open_clips = np.flatnonzero(np.isfinite(scores))
    if len(open_clips) > count:
        best = np.argpartition(-scores[open_clips], count)[:count]
        open_clips = np.sort(open_clips[best])
    return open_clips.astype(np.int64)


def is_open(candidates: Candidates, options: AskingOptions) -> Bools:
    """Return whether a clip may be asked once more: below target, and below the number."""
    sure = candidates.posterior.probabilities.max(axis=1) >= options.target
    closed: Bools = (sure & (candidates.judgements > 0)) | (
        candidates.judgements >= options.max_judgements
    )
    return ~closed


def class_weights(probabilities: Floats, options: AskingOptions) -> Floats:
    """Return how much a right label of each class counts; the average clip counts 1."""
    shares = np.maximum(probabilities.mean(axis=0), 1e-6)
    rarity = np.minimum(1 / (len(shares) * shares), options.max_class_weight)
    weights: Floats = 1 - options.class_floor + options.class_floor * rarity
    return weights


def accepted_risk(risk: Floats, wrong: Bools, target: float, alpha: float) -> float:
    """Return the highest risk up to which labels may be released unseen, or -inf for none.

    Thresholds are tested from the safest on, each at level alpha with an exact binomial test, and
    the first that fails ends the tests (Angelopoulos, A. N., and others (2021). Learn then test:
    calibrating predictive algorithms to achieve risk control. arXiv 2110.01052).

    Args:
        risk: Risk of clips of a random sample, as a strategy scored it.
        wrong: Whether the label of each of them is wrong.
        target: Share of wrong labels that is accepted.
        alpha: Probability of accepting too much.
    """
    from scipy.stats import binom

    order = np.argsort(risk, kind="stable")
    sizes = np.arange(1, len(risk) + 1)
    errors = np.cumsum(wrong[order])
    # the smallest sample that could pass at all comes first, then tenths of the sample
    least = int(np.ceil(np.log(alpha) / np.log(1 - target)))
    accepted = -np.inf
    if least > len(risk):
        return accepted
    for size in np.unique(np.linspace(least, len(risk), 20).astype(int)):
        if binom.cdf(errors[size - 1], sizes[size - 1], target) > alpha:
            break
        accepted = float(risk[order[size - 1]])
    return accepted


def _gain(weighted: Floats, answers: Floats) -> Floats:
    """Return the expected gain a judgement, of one or of two, whichever is higher.

    Args:
        weighted: Probability of each label times its weight: (clips, labels).
        answers: Probability of the next answer: (clips, labels, answers).
    """
    # clips lie last in memory, so that maxima and sums run over long rows
    answers = np.ascontiguousarray(answers.transpose(1, 2, 0))
    joint = weighted.T[:, None, :] * answers
    now = weighted.max(axis=1)
    one = joint.max(axis=0).sum(axis=0) - now
    two = np.zeros_like(now)
    for answer in range(answers.shape[1]):
        best = (joint[:, answer, None] * answers[:, answer:]).max(axis=0)
        two += 2 * best.sum(axis=0) - best[0]
    gain: Floats = np.maximum(one, (two - now) / 2)
    return np.maximum(gain, 0.0)
