import numpy as np
import pandas as pd

from libra_emo.voting.speakers import SpeakerOptions, assign_speakers

OPTIONS = SpeakerOptions(column="voice_pitch", min_distance=6.0, min_clips=3)


def table(**films: list[float]) -> pd.DataFrame:
    rows = [(film, pitch) for film, pitches in films.items() for pitch in pitches]
    return pd.DataFrame(rows, columns=["source_id", "voice_pitch"])


def test_low_and_high_voices_of_a_film_are_two_speakers() -> None:
    speakers = assign_speakers(table(a=[12, 22, 11, 24, 13, 23, 22]), OPTIONS)
    assert list(speakers) == [0, 1, 0, 1, 0, 1, 1]


def test_one_voice_with_feelings_is_one_speaker() -> None:
    pitches = np.random.default_rng(4).normal(18, 2.5, 20)
    assert len(set(assign_speakers(table(a=list(pitches)), OPTIONS))) == 1


def test_films_do_not_share_speakers() -> None:
    speakers = assign_speakers(
        table(a=[12, 12, 12, 22, 22, 22], b=[12, 12, 12, 22, 22, 22]), OPTIONS
    )
    assert len(set(speakers)) == 4


def test_two_odd_clips_are_no_speaker() -> None:
    assert len(set(assign_speakers(table(a=[12, 12, 13, 12, 30, 31]), OPTIONS))) == 1


def test_clips_without_a_voice_do_not_break_it() -> None:
    nan = float("nan")
    speakers = assign_speakers(table(a=[nan, 12, 12, 12, 22, 22, 22], b=[nan]), OPTIONS)
    assert speakers[0] == speakers[1] != speakers[4]


def test_the_order_of_rows_changes_nothing() -> None:
    features = table(a=[12, 22, 11, 24, 13, 23, 22], b=[15, 16, 17])
    order = np.random.default_rng(1).permutation(len(features))
    shuffled = assign_speakers(features.iloc[order].reset_index(drop=True), OPTIONS)
    np.testing.assert_array_equal(shuffled, assign_speakers(features, OPTIONS)[order])


def test_without_options_a_film_is_one_speaker() -> None:
    assert list(assign_speakers(table(a=[1, 30], b=[2]), None)) == [0, 0, 1]
