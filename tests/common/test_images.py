import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.common.images import fit_size, shrink_to_fit, spread_evenly, spread_times


def test_a_larger_picture_is_made_to_fit_and_a_smaller_one_stays():
    assert fit_size((1280, 720), 640) == (640, 360)
    assert fit_size((720, 1280), 640) == (360, 640)
    assert fit_size((320, 180), 640) == (320, 180)
    assert fit_size((10_000, 1), 100) == (100, 1)


def test_a_picture_that_fits_is_not_copied():
    picture = np.zeros((90, 160, 3), np.uint8)
    assert shrink_to_fit(picture, 160) is picture
    assert shrink_to_fit(picture, 80).shape == (45, 80, 3)


def test_the_middle_of_each_part_is_taken():
    assert spread_evenly(16, 16) == list(range(16))
    assert spread_evenly(16, 4) == [2, 6, 10, 14]
    assert spread_evenly(5, 1) == [2]
    assert spread_evenly(3, 8) == [0, 1, 2]
    assert spread_evenly(0, 4) == []
    assert spread_evenly(5, 0) == []


@given(present=st.integers(1, 400), wanted=st.integers(1, 100))
def test_positions_are_distinct_and_symmetric_to_one(present, wanted):
    positions = spread_evenly(present, wanted)
    assert positions == sorted(set(positions))
    assert len(positions) == min(present, wanted)
    mirrored = [present - 1 - position for position in reversed(positions)]
    assert all(abs(one - other) <= 1 for one, other in zip(positions, mirrored, strict=True))


def test_times_lie_in_the_middles_of_equal_parts():
    assert spread_times(1000, 4000, 4) == pytest.approx([1500, 2500, 3500, 4500])
