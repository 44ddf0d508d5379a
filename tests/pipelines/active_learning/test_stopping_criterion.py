import math
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.evaluation.statistics.bootstrap import Gain
from libra_emo.labelling.certificate import Interval
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.pipelines.active_learning.stopping_criterion import (
    LoopState,
    Standing,
    apply_stopping_criterion,
    decide_stop,
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


def posterior(*fixes):
    rows = {"clip_id": [f"c{n}" for n in range(len(fixes))], "label": "sad", "probability": 0.5}
    return pd.DataFrame({**rows, "judgements": 0, "expected_fixes": fixes})


def certificate(high, **by_label):
    interval = {"estimate": high / 2, "low": 0.0, "high": high, "clips": 100}
    return SimpleNamespace(
        overall=Interval(**interval),
        by_label={name: Interval(**{**interval, "high": one}) for name, one in by_label.items()},
    )


def decide(found=None, judgements=100, fixes=(0.5, 0.1), without_gain=0, stopped=False, **options):
    standing = Standing(judgements, posterior(*fixes), found, without_gain)
    return decide_stop(3, standing, stopped, ActiveLearningOptions(**options))


def test_a_certified_error_at_its_target_stops_the_loop():
    options = {"stop": "certified", "target_error": 0.1}
    assert decide(certificate(0.10), **options).stops
    assert not decide(certificate(0.11), **options).stops
    assert not decide(None, **options).stops
    done = decide(certificate(0.08), **options)
    assert done.reason.startswith("certified: ") and "8.0 %" in done.reason
    assert (done.certified_low, done.certified_high) == (0.0, 0.08)


def test_every_class_with_a_target_must_reach_it():
    options = {"stop": "certified", "target_error": 0.1, "class_targets": {"sad": 0.2}}
    assert not decide(certificate(0.1, sad=0.3, angry=0.9), **options).stops
    assert decide(certificate(0.1, sad=0.2, angry=0.9), **options).stops


def test_the_first_reason_in_the_written_order_is_given():
    options = {"target_error": 0.1, "max_judgements": 50, "min_fixes_per_hour": 1000}
    for stop, found, reason in (
        ("certified", certificate(0.1), "certified"),
        ("certified", certificate(0.5), "budget"),
        ("budget", certificate(0.1), "budget"),
        ("expected_fixes", certificate(0.1), "budget"),
    ):
        assert decide(found, stop=stop, **options).reason.startswith(reason), stop
    options["max_judgements"] = 101
    for stop in ("certified", "expected_fixes"):
        assert decide(None, stop=stop, **options).reason.startswith("expected_fixes")
    assert not decide(None, stop="budget", **options).stops
    assert not decide(certificate(0.0), stop="rounds", without_gain=9, **options).stops


def test_the_plateau_says_that_it_read_the_test_set():
    flat = decide(stop="plateau", without_gain=2, patience=2)
    assert flat.stops and "the test set" in flat.reason
    assert not decide(stop="plateau", without_gain=1, patience=2).stops
    scores = run_rounds([0.5, 0.4, 0.4], stop="rounds")
    assert scores[-1].rounds_without_gain == 2 and not scores[-1].saturated


def test_expected_fixes_are_those_of_the_clips_that_come_next():
    found = decide(fixes=(0.1, 0.5, 0.3), clips_per_round=2, costs={"seconds_per_judgement": 36})
    assert found.fixes_per_hour == 40.0 and found.expected_fixes == 0.9
    assert decide(fixes=()).fixes_per_hour == 0


def test_a_loop_that_has_stopped_stays_stopped():
    found = decide(stopped=True, stop="certified")
    assert found.stops and "had stopped" in found.reason


def test_on_validation_clips_only_a_measurable_gain_counts():
    options = ActiveLearningOptions(patience=2)
    state = apply_stopping_criterion(0.5, None, options)
    chance = apply_stopping_criterion(0.56, state, options, Gain(0.06, -0.02, 0.14))
    assert (chance.best_score, chance.rounds_without_gain) == (0.5, 1)
    real = apply_stopping_criterion(0.58, chance, options, Gain(0.08, 0.01, 0.15))
    assert (real.best_score, real.rounds_without_gain) == (0.58, 0)
    unknown = apply_stopping_criterion(0.7, real, options, Gain(0.12, math.nan, math.nan))
    assert unknown.rounds_without_gain == 1 and not unknown.saturated
    assert apply_stopping_criterion(0.7, unknown, options, Gain(0.0, 0.0, 0.0)).saturated


@pytest.mark.parametrize(("judged_on", "says"), [("bench", "test set"), ("validation", "measur")])
def test_the_reason_of_a_plateau_says_what_was_read(judged_on, says):
    standing = Standing(0, posterior(0.1), None, 2, judged_on)
    found = decide_stop(2, standing, False, ActiveLearningOptions())
    assert found.stops and says in found.reason
    assert ("test set" in found.reason) == (judged_on == "bench")
