from hypothesis import given
from hypothesis import strategies as st

from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.pipelines.active_learning.stopping_criterion import (
    LoopState,
    apply_stopping_criterion,
)

PAPER_ACCURACY = [0.4626, 0.4844, 0.5000]  # Table 8, rounds 0 to 2


def run_rounds(scores, **options):
    state = None
    states = []
    for score in scores:
        state = apply_stopping_criterion(score, state, ActiveLearningOptions(**options))
        states.append(state)
    return states


def test_rising_scores_never_saturate():
    assert [s.saturated for s in run_rounds(PAPER_ACCURACY, patience=1)] == [False] * 3


def test_a_gain_no_larger_than_min_gain_is_none():
    states = run_rounds(PAPER_ACCURACY, patience=1, min_gain=0.02)
    assert [s.saturated for s in states] == [False, False, True]


def test_the_best_score_so_far_counts_not_the_last():
    states = run_rounds([0.5, 0.4, 0.45], patience=2)
    assert states[-1] == LoopState(best_score=0.5, rounds_without_gain=2, saturated=True)


def test_patience_starts_anew_after_a_gain():
    assert not run_rounds([0.5, 0.4, 0.6, 0.6], patience=2)[-1].saturated


@given(st.lists(st.floats(0, 1), min_size=1), st.integers(1, 4))
def test_best_is_the_maximum_and_waiting_counts_since_it(scores, patience):
    last = run_rounds(scores, patience=patience)[-1]
    assert last.best_score == max(scores)
    assert last.rounds_without_gain == len(scores) - 1 - scores.index(max(scores))
    assert last.saturated == (last.rounds_without_gain >= patience)
