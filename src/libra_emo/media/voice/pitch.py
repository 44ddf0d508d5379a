"""The pitch of a voice by YIN, computed for all frames of a clip at once.

After de Cheveigné and Kawahara, "YIN, a fundamental frequency estimator for speech and music"
(2002). The tests compare it with the values of librosa. librosa itself is not used, because it
compiles for some twenty seconds after its installation, and if two processes do so at once, they
leave a cache that crashes every later process.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float32]
Values = NDArray[np.float64]

THRESHOLD = 0.1
"""Depth from which a dip is taken as the period (the absolute threshold of the paper)."""


def frame_signal(samples: Signal, length: int, hop: int) -> Signal:
    """Return overlapping frames, centred on every `hop`-th sample, with silence beyond the ends.

    Returns:
        float32 [frames, length].
    """
    padded = np.pad(samples, length // 2)
    return np.lib.stride_tricks.sliding_window_view(padded, length)[::hop]


def find_pitch(
    frames: Signal, sample_rate: int, min_pitch_hz: float, max_pitch_hz: float
) -> Values:
    """Return the pitch of each frame in hertz, whether or not it contains a voice.

    Args:
        frames: Array [frames, length]; the length is at least four times the longest period. The
            middle half is compared with the samples one period later.
        sample_rate: Sample rate in hertz.
        min_pitch_hz: Lowest pitch.
        max_pitch_hz: Highest pitch.
    """
    half = frames.shape[1] // 2
    shortest = int(np.floor(sample_rate / max_pitch_hz))
    middle = frames[:, half // 2 :]
    longest = min(int(np.ceil(sample_rate / min_pitch_hz)), middle.shape[1] - half - 1)
    difference = _difference(middle.astype(np.float64), half, longest + 1)
    lags = np.arange(1, longest + 2)
    mean = np.cumsum(difference[:, 1:], axis=1) / lags
    normalised = difference[:, 1:] / np.maximum(mean, np.finfo(np.float64).tiny)
    wanted = normalised[:, shortest - 1 : longest]
    place = _first_dip(wanted)
    period = shortest + place + _vertex(wanted, place)
    return np.asarray(sample_rate / period, dtype=np.float64)


def _difference(frames: Values, half: int, longest: int) -> Values:
    """Return the squared difference of each frame's first half and the samples a lag later."""
    from scipy.fft import irfft, next_fast_len, rfft

    size = next_fast_len(frames.shape[1] + half, real=True)
    spectrum = np.conj(rfft(frames[:, :half], size)) * rfft(frames, size)
    alike = irfft(spectrum, size)[:, : longest + 1]
    energy = np.cumsum(np.pad(frames**2, ((0, 0), (1, 0))), axis=1)
    lags = np.arange(longest + 1)
    later = energy[:, lags + half] - energy[:, lags]
    return np.asarray(np.maximum(later[:, :1] + later - 2 * alike, 0.0), dtype=np.float64)


def _first_dip(normalised: Values) -> NDArray[np.intp]:
    """Return the index of the first dip below the threshold, or of the lowest value."""
    before = np.pad(normalised[:, :-1], ((0, 0), (1, 0)), constant_values=np.inf)
    after = np.pad(normalised[:, 1:], ((0, 0), (0, 1)), constant_values=np.inf)
    dips = (normalised < before) & (normalised <= after) & (normalised < THRESHOLD)
    place = np.where(dips.any(axis=1), dips.argmax(axis=1), normalised.argmin(axis=1))
    return np.asarray(place, dtype=np.intp)


def _vertex(values: Values, place: NDArray[np.intp]) -> Values:
    """Return the offset of the minimum of the parabola through an index and its neighbours."""
    rows, last = np.arange(len(values)), values.shape[1] - 1
    left = values[rows, np.maximum(place - 1, 0)]
    here = values[rows, place]
    right = values[rows, np.minimum(place + 1, last)]
    curve, slope = left + right - 2 * here, (right - left) / 2
    inside = (place > 0) & (place < last) & (np.abs(slope) < np.abs(curve))
    return np.where(inside, -slope / np.where(inside, curve, 1.0), 0.0)
