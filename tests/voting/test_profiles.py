import numpy as np
import pandas as pd
import pytest

from libra_emo.voting.profiles import Measure, Profiles, describe, deviations, shares


def profiles(**changes: object) -> Profiles:
    content = {
        "measures": {
            "pitch": {"columns": {"voice_pitch": 1}, "high": "high", "low": "low"},
            "pace": {"columns": {"voice_pace": 1}, "high": "fast", "low": "slow"},
        },
        "labels": {"calm": {}, "up": {"pitch": 1.5, "pace": 1.0}, "down": {"pitch": -1.5}},
    }
    return Profiles.model_validate(content | changes)


def table(seed: int = 5, films: int = 4, clips: int = 30) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    count = films * clips
    return pd.DataFrame(
        {
            "clip_id": [f"c{place:03d}" for place in range(count)],
            "source_id": np.repeat([f"f{film}" for film in range(films)], clips),
            "voice_pitch": random.normal(20, 2, count),
            "voice_pace": random.normal(4, 1, count),
        }
    )


def test_a_films_own_usual_is_taken_off() -> None:
    features = table()
    shifted = features.copy()
    shifted.loc[shifted["source_id"] == "f1", "voice_pitch"] += 12  # another speaker
    film = (features["source_id"] == "f1").to_numpy()
    before, after = deviations(features, profiles()), deviations(shifted, profiles())
    assert np.abs(np.median(after[film, 0]) - np.median(before[film, 0])) < 1.2
    assert np.abs(np.median(after[film, 0])) < 1.2 < 12 / 2


def test_a_deviation_is_in_standard_deviations() -> None:
    measured = deviations(table(clips=300), profiles())
    assert measured.std(axis=0) == pytest.approx([1, 1], abs=0.1)


def test_an_outlier_moves_no_other_clip_and_ends_at_three() -> None:
    features = table()
    wild = features.copy()
    wild.loc[0, "voice_pitch"] = 1e6
    before, after = deviations(features, profiles()), deviations(wild, profiles())
    assert after[0, 0] == 3
    assert np.abs(after[1:] - before[1:]).max() < 0.2


def test_the_order_of_rows_changes_nothing() -> None:
    features = table()
    order = np.random.default_rng(1).permutation(len(features))
    shuffled = deviations(features.iloc[order].reset_index(drop=True), profiles())
    np.testing.assert_array_equal(shuffled, deviations(features, profiles())[order])


def test_what_was_not_measured_is_nan_and_says_nothing() -> None:
    features = table()
    features.loc[3, "voice_pace"] = np.nan
    measured = deviations(features, profiles())
    assert np.isnan(measured[3, 1]) and np.isfinite(measured[3, 0])
    blank = shares(np.array([[np.nan, np.nan]]), profiles(), ("calm", "up", "down"))
    assert blank[0] == pytest.approx([1 / 3] * 3)


def test_a_column_without_any_value_is_nan_throughout() -> None:
    features = table().assign(voice_pace=np.nan)
    assert np.isnan(deviations(features, profiles())[:, 1]).all()


def test_a_column_that_never_changes_does_not_stand_out() -> None:
    features = table().assign(voice_pace=4.0)
    assert (deviations(features, profiles())[:, 1] == 0).all()


def test_columns_of_a_measure_are_weighed_together() -> None:
    measure = Measure(columns={"voice_pitch": 1, "voice_pace": -1}, high="h", low="l")
    both = profiles(measures={"mix": measure}, labels={"calm": {}})
    single = deviations(table(), profiles())
    expected = np.clip((single[:, 0] - single[:, 1]) / np.sqrt(2), -3, 3)
    inside = (np.abs(single) < 3).all(axis=1)
    np.testing.assert_allclose(deviations(table(), both)[inside, 0], expected[inside])


def test_the_nearest_profile_has_the_largest_share() -> None:
    labels = ("calm", "up", "down")
    measured = np.array([[0.0, 0.0], [1.5, 1.0], [-1.5, 0.0]])
    evidence = shares(measured, profiles(), labels)
    assert list(evidence.argmax(axis=1)) == [0, 1, 2]
    assert evidence.sum(axis=1) == pytest.approx([1, 1, 1])


def test_a_strong_display_is_nearer_with_stronger_intensities() -> None:
    labels, strong = ("calm", "up", "down"), np.array([[2.4, 1.6]])
    once = shares(strong, profiles(), labels)[0, 1]
    more = shares(strong, profiles(intensities=[0.6, 1.0, 1.5]), labels)[0, 1]
    assert more > once


def test_the_description_names_what_stands_out_as_expected() -> None:
    given = profiles()
    assert describe(np.array([1.4, -2.0]), given.labels["up"], given) == "high (+1.4 sd)"
    assert "nothing stands out" in describe(np.array([0.1, 0.1]), given.labels["up"], given)
