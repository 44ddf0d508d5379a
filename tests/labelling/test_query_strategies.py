import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.labelling.machines import MachineVotes
from libra_emo.labelling.people import neighbour_shares
from libra_emo.labelling.posterior import fit_posterior
from libra_emo.labelling.query_strategies import (
    STRATEGIES,
    AskingOptions,
    Candidates,
    accepted_risk,
    class_weights,
    disagreement,
    expected_gain,
    select,
    selective_risk,
)
from libra_emo.labelling.votes import Votes

NEIGHBOURS = neighbour_shares([[1], [2], [0]])
NONE = np.empty(0, dtype=np.int64)


NO_VOTES = Votes(NONE, NONE, NONE)


def candidates(student, votes=NO_VOTES, **changes):
    student = np.array(student, dtype=float)
    clips = len(student)
    machines = MachineVotes(student, np.full((clips, 1), -1), NEIGHBOURS)
    posterior = fit_posterior(machines, votes, 9)
    judgements = np.bincount(votes.clip, minlength=clips)
    values = {
        "labels": student.argmax(axis=1),
        "student": student,
        "votes": votes,
        "posterior": posterior,
        "judgements": judgements,
        "cost": np.ones(clips),
        "draws": np.linspace(0, 0.9, clips),
    }
    return Candidates(**{**values, **changes})


STUDENT = [[0.98, 0.01, 0.01], [0.5, 0.45, 0.05], [0.34, 0.33, 0.33], [0.01, 0.01, 0.98]]


def test_disagreement_asks_where_the_student_differs():
    found = disagreement(candidates(STUDENT, labels=np.array([0, 1, 0, 2])), AskingOptions())
    assert np.flatnonzero(np.isfinite(found)).tolist() == [1]


def test_expected_gain_prefers_doubt_to_certainty_and_the_cheaper_clip():
    scores = expected_gain(candidates(STUDENT), AskingOptions())
    assert min(scores[1], scores[2]) > max(scores[0], scores[3])
    dear = expected_gain(candidates(STUDENT, cost=np.array([1, 1, 50, 1.0])), AskingOptions())
    assert dear[2] == pytest.approx(scores[2] / 50, rel=1e-6)


def test_selective_risk_is_the_doubt_of_the_leading_label():
    scores = selective_risk(candidates(STUDENT), AskingOptions())
    assert np.argmax(scores) == 2


@pytest.mark.parametrize("name", ["expected_gain", "selective_risk", "random"])
def test_clips_with_all_their_judgements_are_closed(name):
    votes = Votes(np.array([2, 2]), np.array([0, 1]), np.array([0, 1]))
    scores = STRATEGIES[name](candidates(STUDENT, votes), AskingOptions(max_judgements=2))
    assert np.isneginf(scores[2])
    assert np.isfinite(scores[1])


def test_asking_stops_when_the_posterior_passes_its_target():
    votes = Votes(np.zeros(5, dtype=int), np.arange(5), np.zeros(5, dtype=int))
    scores = expected_gain(candidates(STUDENT, votes), AskingOptions(max_judgements=9))
    assert np.isneginf(scores[0])


def test_rare_classes_count_more_up_to_a_limit():
    shares = np.tile([0.9, 0.09, 0.01], (10, 1))
    weights = class_weights(shares, AskingOptions(class_floor=0.5, max_class_weight=4))
    np.testing.assert_allclose(weights, [0.5 + 0.5 / 2.7, 0.5 + 0.5 / 0.27, 0.5 + 0.5 * 4])
    assert class_weights(shares, AskingOptions(class_floor=0)).tolist() == [1, 1, 1]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 40))
def test_the_highest_scores_are_selected_and_none_that_is_never_asked(scores, count):
    values = np.array(scores)
    values[::3] = -np.inf
    chosen = select(values, count)
    assert len(chosen) == min(count, np.isfinite(values).sum())
    rest = np.setdiff1d(np.flatnonzero(np.isfinite(values)), chosen)
    if len(chosen) and len(rest):
        assert values[chosen].min() >= values[rest].max()


def test_no_label_is_accepted_unseen_when_the_sample_is_too_small():
    # (1 - 0.05)^n <= 0.05 first at n = 59
    assert accepted_risk(np.zeros(58), np.zeros(58, dtype=bool), 0.05, 0.05) == -np.inf
    assert accepted_risk(np.zeros(59), np.zeros(59, dtype=bool), 0.05, 0.05) == 0


def test_the_threshold_ends_before_the_errors_begin():
    risk = np.linspace(0, 1, 400)
    accepted = accepted_risk(risk, risk > 0.6, 0.05, 0.05)
    assert 0.3 < accepted < 0.7


def test_activelab_is_cleanlab_s_and_prefers_disagreement():
    multiannotator = pytest.importorskip("cleanlab.multiannotator")
    draw = np.random.default_rng(1)
    student = draw.dirichlet(np.ones(3), size=40)
    clip, person = np.repeat(np.arange(20), 2), np.tile([0, 1], 20)
    votes = Votes(clip, person, draw.integers(3, size=40))
    scores = STRATEGIES["activelab"](candidates(student, votes), AskingOptions())
    table = votes.answer.reshape(20, 2).astype(float)
    labelled, rest = multiannotator.get_active_learning_scores(table, student[:20], student[20:])
    np.testing.assert_allclose(scores, -np.r_[labelled, rest])
