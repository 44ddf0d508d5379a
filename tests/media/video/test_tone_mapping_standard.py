"""HDR against the standards: levels from their tables, and colours from another implementation.

ITU-R BT.2100 (PQ and HLG), ITU-R BT.2408 (reference levels), ITU-R BT.2390 (the curve).
"""

import shutil
import subprocess

import numpy as np
import pytest

from libra_emo.media.video.tone_mapping import (
    BT2020,
    HLG,
    MAPPED,
    PQ,
    _hlg_to_nits,
    _pq_to_nits,
    map_colours,
)

# light in cd/m² → signal; 26 is the grey card of 18 %, 203 the reference white
PQ_LEVELS = [(0, 0.0), (0.1, 0.0623), (1, 0.1499), (26, 0.38), (100, 0.5081), (203, 0.5807),
             (1000, 0.7518), (4000, 0.9026), (10000, 1.0)]  # fmt: skip
HLG_LEVELS = [(0, 0.0), (26, 0.38), (203, 0.75), (1000, 1.0)]
TO_NITS = {PQ: _pq_to_nits, HLG: _hlg_to_nits}
NAMES = {PQ: "smpte2084", HLG: "arib-std-b67"}


def has_zscale():
    program = shutil.which("ffmpeg")
    if program is None:
        return False
    filters = subprocess.run([program, "-v", "quiet", "-filters"], capture_output=True, text=True)
    return " zscale " in filters.stdout


@pytest.mark.parametrize(("nits", "signal"), PQ_LEVELS)
def test_pq_gives_the_light_of_the_tables(nits, signal):
    assert _pq_to_nits(np.array([[signal] * 3])) == pytest.approx(nits, rel=0.015, abs=0.002)


@pytest.mark.parametrize(("nits", "signal"), HLG_LEVELS)
def test_hlg_gives_the_light_of_the_tables(nits, signal):
    assert _hlg_to_nits(np.array([[signal] * 3])) == pytest.approx(nits, rel=0.015, abs=0.002)


@pytest.mark.skipif(not has_zscale(), reason="no ffmpeg program with the filter zscale is here")
@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_colours_have_the_light_that_zimg_gives_them(transfer):
    grey = np.repeat(np.linspace(0, 1, 33)[:, None], 3, axis=1)
    signal = np.concatenate([grey, np.random.default_rng(0).random((200, 3))])
    nits = 203 if transfer == PQ else 1000  # that zimg writes as 1
    wanted = convert_with_zimg(signal, NAMES[transfer], nits)
    ours = TO_NITS[transfer](signal) / nits @ MAPPED[BT2020].T
    assert ours == pytest.approx(wanted, rel=0.002, abs=0.005)


def convert_with_zimg(signal, transfer, nits):
    """Return linear RGB of BT.709, converted by zimg in numbers of 32 bits."""
    filters = (
        f"zscale=tin={transfer}:pin=2020:min=gbr:rin=full:t=linear:p=709:m=gbr:r=full"
        f":npl={nits}:agamma=0"
    )
    form = ["-f", "rawvideo", "-pix_fmt", "gbrpf32le"]
    command = ["ffmpeg", "-v", "error", *form, "-s", f"{len(signal)}x1", "-i", "-"]
    planes = signal[:, [1, 2, 0]].T.astype("<f4").tobytes()
    done = subprocess.run(
        [*command, "-vf", filters, *form, "-"], input=planes, capture_output=True, check=True
    )
    green, blue, red = np.frombuffer(done.stdout, "<f4").reshape(3, -1)
    return np.stack([red, green, blue], axis=1)


# by BT.2390, from 1,000 to 203 cd/m²: the knee is at 1.5 × 0.5807 / 0.7518 - 0.5 of 0.7518, which
# is the signal of 88 cd/m²; what is darker stays, and 1,000 cd/m² becomes white
@pytest.mark.parametrize(
    ("signal", "transfer", "level"),
    [
        (0.4401, PQ, 137),  # 50 cd/m² is 0.246 of the white, in sRGB 0.534
        (0.38, PQ, 101),  # 26 cd/m², 0.128 of the white
        (0.38, HLG, 101),
        (0.7518, PQ, 255),
        (1.0, HLG, 255),
        (0.0, PQ, 0),
        (0.0, HLG, 0),
    ],
)
def test_grey_below_the_knee_stays_and_the_peak_is_white(signal, transfer, level):
    shown = map_colours(np.array([[signal] * 3]), transfer, BT2020)[0] * 255
    assert shown == pytest.approx([level] * 3, abs=1.5)
