import numpy as np
import pandas as pd
import pytest

from libra_emo.students import StudentError
from libra_emo.students.calibration import (
    calibrate,
    calibrate_on_people,
    fit_temperature,
    temper,
)
from libra_emo.students.options import CalibrationOptions

FEW = CalibrationOptions(min_clips=2)


def test_a_label_that_cannot_be_answered_stays_at_nothing():
    scores = np.array([[-np.inf, 0.0, 1.0]])
    assert temper(scores, 20.0)[0, 0] == 0


def test_clips_of_an_impossible_label_are_counted_and_not_fitted():
    rng = np.random.default_rng(0)
    scores = np.column_stack([np.full(60, -np.inf), rng.normal(0, 1, (60, 2))])
    truth = np.where(np.arange(60) < 5, 0, rng.integers(1, 3, 60))
    films = [f"film{number % 3}" for number in range(60)]
    found = calibrate(scores, truth, films)
    assert found.impossible == 5
    assert found.temperature == fit_temperature(scores[5:], truth[5:])
    assert found.before.nll > 5 / 60 * 36  # each of the five costs 36 nats


def test_too_few_clips_are_no_calibration_and_say_so():
    found = calibrate(np.zeros((49, 3)), [0] * 49, ["film"] * 49)
    assert (found.temperature, found.clips, found.before) == (1.0, 49, None)
    assert found.reason == (
        "49 clips with a person's label can be used (0 of them carry a label that the student "
        "never learnt); it takes 50"
    )
    assert found.apply(np.zeros((1, 4))).tolist() == [[0.25] * 4]


def test_clips_of_machines_are_not_counted_and_nobody_is_asked_about_too_few():
    clips = pd.DataFrame(
        {
            "label": ["sad", "sad", "happy", "happy"],
            "origin": ["people", "machine", "simulated", "machine"],
            "source_id": ["a", "a", "b", "c"],
        }
    )
    asked = []

    def score(some):
        asked.append(some)
        return np.zeros((len(some), 2))

    few = calibrate_on_people(clips, score, ("sad", "happy"), CalibrationOptions(min_clips=3))
    assert (few.clips, few.films, few.temperature, asked) == (2, 2, 1.0, [])
    assert few.reason == "2 clips with a person's label can be used; it takes 3"
    enough = calibrate_on_people(clips, score, ("sad", "happy"), FEW)
    assert (enough.clips, enough.films, enough.reason) == (2, 2, None)
    assert asked[0]["origin"].tolist() == ["people", "simulated"]


def test_no_clip_at_all_is_no_calibration():
    assert "0 clips" in calibrate(np.zeros((0, 3)), [], []).reason


def test_one_film_is_parted_by_clips():
    rng = np.random.default_rng(1)
    scores, truth = rng.normal(0, 3, (80, 3)), rng.integers(0, 3, 80)
    found = calibrate(scores, truth, ["only"] * 80)
    assert found.films == 1
    assert found.after.nll < found.before.nll


def test_always_right_and_always_wrong_stay_within_bounds():
    scores = np.tile([5.0, 0.0], (30, 1))
    assert 0.05 <= fit_temperature(scores, [0] * 30) < 0.2
    assert fit_temperature(scores, [1] * 30) == pytest.approx(20, rel=1e-3)


def test_no_answerable_clip_leaves_the_probabilities_alone():
    assert fit_temperature(np.array([[-np.inf, 0.0]]), [0]) == 1.0


def test_scores_far_apart_overflow_nowhere():
    scores = np.array([[0.0, -5000.0], [-4000.0, 0.0], [0.0, -3000.0]])
    found = calibrate(scores, [0, 1, 1], ["a", "b", "c"], FEW)
    assert np.isfinite([found.temperature, found.before.nll, found.after.nll]).all()


@pytest.mark.parametrize(
    ("scores", "truth", "films", "said"),
    [
        (np.zeros((2, 3)), [0], ["a", "b"], "2 rows of scores, 1 labels and 2 films"),
        (np.array([[0.0, 1.0], [np.nan, 0.0]]), [0, 0], ["a", "b"], r"row 1 \(film b\)"),
        (np.full((1, 3), -np.inf), [0], ["a"], "no score for any label"),
    ],
)
def test_errors_name_what_is_wrong(scores, truth, films, said):
    with pytest.raises(StudentError, match=said):
        calibrate(scores, truth, films)
