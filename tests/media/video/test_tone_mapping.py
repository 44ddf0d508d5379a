import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.media.video.tone_mapping import BT709, BT2020, HLG, PQ, map_colours

SIGNAL = st.floats(0, 1)


def mapped(signal, transfer, primaries=BT2020):
    return map_colours(np.array([signal], float), transfer, primaries)[0] * 255


# ITU-R BT.2408: reference white is 58 % of PQ and 75 % of HLG, which is 203 cd/m²
@pytest.mark.parametrize(("white", "transfer"), [(0.58, PQ), (0.75, HLG)])
def test_reference_white_is_bright_and_highlights_are_not_cut(white, transfer):
    bright = mapped([white] * 3, transfer)
    assert 200 < bright[0] < 250
    assert mapped([0.9 * white] * 3, transfer)[0] < bright[0]
    assert mapped([min(1, 1.2 * white)] * 3, transfer)[0] > bright[0] + 3


@given(SIGNAL, SIGNAL, st.sampled_from([PQ, HLG, BT709]))
def test_brighter_grey_stays_brighter_and_grey(one, other, transfer):
    low, high = (mapped([level] * 3, transfer) for level in sorted((one, other)))
    assert low[0] <= high[0] + 1e-6
    assert np.ptp(low) < 0.1
    assert 0 <= low[0]
    assert high[0] <= 255


@given(st.tuples(SIGNAL, SIGNAL, SIGNAL), st.sampled_from([PQ, HLG, BT709]))
def test_colours_stay_on_the_screen_and_in_their_order(signal, transfer):
    shown = mapped(signal, transfer)
    assert np.all((shown >= 0) & (shown <= 255))
    order = np.argsort(signal)
    assert shown[order[0]] <= shown[order[2]] + 0.1


def test_colours_of_a_usual_gamut_come_back():
    light = np.array([0.578, 0.0212, 0.0212])  # (200, 40, 40)
    to_2020 = np.linalg.inv(
        [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]
    )
    wide = to_2020 @ light
    signal = np.where(wide <= 0.0031308, wide * 12.92, 1.055 * wide ** (1 / 2.4) - 0.055)
    assert mapped(signal, BT709) == pytest.approx([200, 40, 40], abs=1)
