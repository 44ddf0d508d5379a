"""The voice features of a clip: pitch, loudness, timbre, speech rate and pauses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from libra_emo.media.voice.pitch import find_pitch, frame_signal

Signal = NDArray[np.float32]
Values = NDArray[np.float64]

REFERENCE_HZ = 55.0
"""Pitch of 0 semitones."""
SILENCE_PEAK = 1e-4
FLOOR_DB = -90.0
HOP_SECONDS = 0.02
SPECTRUM_SAMPLES = 512
BRIGHT_HZ = 1000.0
VOICED_CORRELATION = 0.6
OCTAVE_TOLERANCE = 0.85
LARGEST_STRAY_ST = 9.0
MIN_VOICED_FRAMES = 8
SYLLABLE_RISE_DB = 3.0
SYLLABLE_SECONDS = 0.08
MEASURES = (
    "pitch_mean_st",
    "pitch_sd_st",
    "pitch_range_st",
    "pitch_slope_st_s",
    "pitch_wobble_st",
    "energy_mean_db",
    "energy_sd_db",
    "energy_wobble_db",
    "attack_db",
    "centroid_hz",
    "tilt_db",
    "harmonicity",
    "syllables_per_s",
    "voiced_share",
    "pause_share",
    "pause_mean_s",
)


@dataclass(frozen=True)
class _Track:
    """Measures of every 20 ms; pitch is NaN where there is no voice."""

    pitch_st: Values
    harmonicity: Values
    energy_db: Values
    active: NDArray[np.bool_]


def voice_features(
    audio: Signal,
    sample_rate: int,
    min_pitch_hz: float = 65.0,
    max_pitch_hz: float = 500.0,
    active_range_db: float = 35.0,
) -> dict[str, float]:
    """Return the `voice_*` features of a clip's sound.

    Pitch is in semitones above 55 Hz, and is computed by YIN in frames that are loud and periodic
    enough to be voice. Its wobble is the mean change from frame to frame without the trend of the
    contour, as in jitter; that of energy is computed in the same way, as in shimmer. Tilt is the
    energy above 1 kHz relative to that below, in decibels. Syllables are the peaks of loudness for
    each second of speech, and pauses are the time without speech. In silence all features are NaN
    except a pause share of one. In sound without voice, features that need a pitch are NaN.

    Args:
        audio: Mono samples between -1 and 1.
        sample_rate: Sample rate in hertz.
        min_pitch_hz: Lowest pitch.
        max_pitch_hz: Highest pitch.
        active_range_db: Level below the loud frames (95th percentile) down to which a frame counts
            as speech.
    """
    features = {f"voice_{measure}": float("nan") for measure in MEASURES}
    hop = round(HOP_SECONDS * sample_rate)
    window = 4 * int(np.ceil(sample_rate / min_pitch_hz))
    samples = np.nan_to_num(audio, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
    if samples.size < 2 * window or np.abs(samples).max() <= SILENCE_PEAK:
        return features | {"voice_pause_share": 1.0}
    pitch_hz = (min_pitch_hz, max_pitch_hz)
    track = _track(samples, sample_rate, pitch_hz, (window, hop), active_range_db)
    measured = (
        _pitch(track) | _energy(track) | _speech_rate(track) | _timbre(samples, sample_rate, track)
    )
    return features | {f"voice_{name}": value for name, value in measured.items()}


def _track(
    samples: Signal,
    rate: int,
    pitch_hz: tuple[float, float],
    window_and_hop: tuple[int, int],
    active_range_db: float,
) -> _Track:
    window, hop = window_and_hop
    lowest, highest = pitch_hz
    rows = frame_signal(samples, window, hop)
    hertz = find_pitch(rows, rate, lowest, highest)
    frames = rows.T
    energy = 10 * np.log10(np.mean(frames.astype(np.float64) ** 2, axis=0) + 10 ** (FLOOR_DB / 10))
    active = energy > max(float(np.percentile(energy, 95)) - active_range_db, FLOOR_DB + 10)
    hertz, harmonicity = _choose_octave(frames, hertz, rate, highest)
    voiced = active & (harmonicity > VOICED_CORRELATION)
    pitch = np.where(voiced, 12 * np.log2(hertz / REFERENCE_HZ), np.nan)
    return _Track(pitch, harmonicity, energy, active)


def _choose_octave(
    frames: Signal, hertz: Values, rate: int, highest_hz: float
) -> tuple[Values, Values]:
    """Return pitch and harmonicity; the pitch is doubled where half its period fits as well.

    In breathy voices YIN often takes two periods for one, which is an octave too low.
    """
    once = _correlation(frames, np.round(rate / hertz).astype(np.intp))
    twice = _correlation(frames, np.round(rate / (2 * hertz)).astype(np.intp))
    doubled = (twice >= OCTAVE_TOLERANCE * once) & (2 * hertz <= highest_hz)
    return np.where(doubled, 2 * hertz, hertz), np.where(doubled, twice, once)


def _correlation(frames: Signal, lags: NDArray[np.intp]) -> Values:
    """Return the correlation of each frame with itself one period later, at most 1."""
    length = frames.shape[0] // 2
    places = np.arange(length)[:, None] + lags[None, :]
    one = frames[:length]
    later = np.take_along_axis(frames, np.minimum(places, frames.shape[0] - 1), axis=0)
    power = np.sqrt((one**2).sum(axis=0) * (later**2).sum(axis=0))
    return np.asarray((one * later).sum(axis=0) / np.maximum(power, 1e-9), dtype=np.float64)


def _pitch(track: _Track) -> dict[str, float]:
    voiced = np.isfinite(track.pitch_st)
    shares = {"voiced_share": float(voiced.mean())}
    if voiced.sum() < MIN_VOICED_FRAMES:
        return shares
    values = track.pitch_st[voiced]
    middle = float(np.median(values))
    values = values[np.abs(values - middle) <= LARGEST_STRAY_ST]  # others have a wrong period
    low, high = np.percentile(values, [5, 95])
    times = (
        np.flatnonzero(voiced & (np.abs(track.pitch_st - middle) <= LARGEST_STRAY_ST)) * HOP_SECONDS
    )
    return shares | {
        "pitch_mean_st": float(values.mean()),
        "pitch_sd_st": float(values.std()),
        "pitch_range_st": float(high - low),
        "pitch_slope_st_s": float(np.polyfit(times, values, 1)[0]) if np.ptp(times) > 0 else 0.0,
        "pitch_wobble_st": _wobble(track.pitch_st),
        "harmonicity": float(track.harmonicity[voiced].mean()),
    }


def _energy(track: _Track) -> dict[str, float]:
    spoken = track.energy_db[track.active]
    rises = np.diff(track.energy_db)
    return {
        "energy_mean_db": float(spoken.mean()),
        "energy_sd_db": float(spoken.std()),
        "energy_wobble_db": _wobble(np.where(track.active, track.energy_db, np.nan)),
        "attack_db": float(np.percentile(rises, 95)),
    }


def _speech_rate(track: _Track) -> dict[str, float]:
    from scipy.ndimage import uniform_filter1d
    from scipy.signal import find_peaks

    smooth = uniform_filter1d(track.energy_db, 3)
    distance = round(SYLLABLE_SECONDS / HOP_SECONDS)
    peaks, _ = find_peaks(smooth, prominence=SYLLABLE_RISE_DB, distance=distance)
    syllables = int(track.active[peaks].sum())
    spoken_s = float(track.active.sum()) * HOP_SECONDS
    pauses = [run for run in _runs(~track.active) if run * HOP_SECONDS >= 0.1]
    return {
        "syllables_per_s": syllables / spoken_s if spoken_s else 0.0,
        "pause_share": float((~track.active).mean()),
        "pause_mean_s": float(np.mean(pauses)) * HOP_SECONDS if pauses else 0.0,
    }


def _timbre(samples: Signal, rate: int, track: _Track) -> dict[str, float]:
    from scipy.signal.windows import hann

    hop = round(HOP_SECONDS * rate)
    frames = frame_signal(samples, SPECTRUM_SAMPLES, hop) * hann(SPECTRUM_SAMPLES, sym=False)
    count = min(len(frames), len(track.active))
    spectrum = np.abs(np.fft.rfft(frames[:count][track.active[:count]])) ** 2
    power = spectrum.mean(axis=0)
    hertz = np.fft.rfftfreq(SPECTRUM_SAMPLES, 1 / rate)
    bright, dark = power[hertz >= BRIGHT_HZ].sum(), power[hertz < BRIGHT_HZ].sum()
    return {
        "centroid_hz": float((power * hertz).sum() / max(power.sum(), 1e-20)),
        "tilt_db": float(10 * np.log10((bright + 1e-12) / (dark + 1e-12))),
    }


def _wobble(values: Values) -> float:
    """Return the mean size of the second difference within unbroken runs; NaN without any."""
    bends = values[2:] - 2 * values[1:-1] + values[:-2]
    bends = bends[np.isfinite(bends) & (np.abs(bends) <= LARGEST_STRAY_ST)]
    return float(np.abs(bends).mean()) if bends.size else float("nan")


def _runs(flags: NDArray[np.bool_]) -> list[int]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [int(length) for length in edges[1::2] - edges[::2]]
