"""Whether two clips are the same moment of the same film, by their fingerprints."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from libra_emo.leakage.fingerprints import STEP_S, Fingerprint, SoundPrint

FRAME_BITS = 12  # of 128 that may differ between two encodings of one picture
EXACT_FRAME_BITS = 6
FRAMES_SHARE = 0.5  # of a clip's frames that must be found in the other
SOUND_ERROR = 0.32  # share of the sound's bits that may differ; it is 0.5 by chance
EXACT_SOUND = 0.22
SHORTEST_S = 1.5  # of sound in common
WORDS = 12  # letters that make a text rare enough to say something
DIFFERENT_FRAMES = 3  # of a clip whose frames alone are enough


def find_agreement(one: Fingerprint, other: Fingerprint) -> list[str]:
    """Return which of frames, sound and words are the same, if that makes a near-duplicate.

    Two of the three must agree, since an empty street, a theme tune or a common sentence occur in
    many films. One alone is enough where it is nearly exact: a picture that moves, or a sound. So a
    film with another sound track, or with a cut picture and other subtitles, is found as well.

    Returns:
        The names of what agrees; empty if the clips are no near-duplicates.
    """
    differing = frame_distances(one.frames, other.frames)
    agreeing = []
    if share_found(differing, FRAME_BITS) >= FRAMES_SHARE:
        agreeing.append("frames")
    error = sound_error(one.sound, other.sound)
    if error <= SOUND_ERROR:
        agreeing.append("sound")
    if len(one.words) >= WORDS and one.words == other.words:
        agreeing.append("words")
    exact_frames = share_found(differing, EXACT_FRAME_BITS) >= 0.9 and _moves(one) and _moves(other)
    exact = exact_frames or error <= EXACT_SOUND
    return agreeing if len(agreeing) >= 2 or exact else []


def frame_distances(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return how many of 128 bits differ, for each pair of frames, [frames of one, of other]."""
    differing = np.bitwise_count(one[:, None] ^ other[None])
    total: NDArray[np.int64] = differing.sum(axis=2, dtype=np.int64)
    return total


def share_found(differing: NDArray[np.int64], bits: int) -> float:
    """Return the share of frames that the other clip has, of the clip with fewer frames."""
    if not differing.size:
        return 0.0
    near = differing <= bits
    return float(max(near.any(axis=1).mean(), near.any(axis=0).mean()))


def sound_error(one: SoundPrint, other: SoundPrint) -> float:
    """Return the smallest share of differing bits over all shifts of one sound against the other.

    Only steps count in which both are heard; without `SHORTEST_S` of them a shift does not count.
    The result is 1 where no shift counts.
    """
    if not len(one.bits) or not len(other.bits):
        return 1.0
    size = 1 << int(np.ceil(np.log2(len(one.bits) + len(other.bits))))
    signs_one, signs_other = _signs(one), _signs(other)
    agreeing = _correlate(signs_one, signs_other, size).sum(axis=1)
    both = _correlate(one.heard[:, None].astype(float), other.heard[:, None].astype(float), size)
    steps = both[:, 0].round()
    counted = steps * STEP_S >= SHORTEST_S
    if not counted.any():
        return 1.0
    bits = steps[counted] * one.bits.shape[1]
    return float(((1 - agreeing[counted] / bits) / 2).min())


def _signs(sound: SoundPrint) -> NDArray[np.float64]:
    signs: NDArray[np.float64] = np.where(sound.bits, 1.0, -1.0) * sound.heard[:, None]
    return signs


def _correlate(
    one: NDArray[np.float64], other: NDArray[np.float64], size: int
) -> NDArray[np.float64]:
    """Return the sums of products at all shifts, [shifts, columns]."""
    spectrum = np.fft.rfft(one, size, axis=0) * np.fft.rfft(other, size, axis=0).conj()
    products: NDArray[np.float64] = np.fft.irfft(spectrum, size, axis=0)
    return products


def _moves(clip: Fingerprint) -> bool:
    """Return whether a clip has several pictures that differ from each other."""
    inside = frame_distances(clip.frames, clip.frames)
    new = [(inside[place, :place] > FRAME_BITS).all() for place in range(len(clip.frames))]
    return sum(map(bool, new)) >= DIFFERENT_FRAMES
