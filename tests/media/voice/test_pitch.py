"""Pitch of tones, of the kind of sound that a voice is, and against what librosa measures."""

import numpy as np
import pytest

from libra_emo.media.voice.pitch import find_pitch, frame_signal

RATE = 16000
WINDOW, HOP = 1024, 320


def voice(hertz, seconds=1.0, harmonics=8, noise=0.0):
    """Return a sound with falling harmonics whose pitch is `hertz` (a number or one a sample)."""
    samples = int(RATE * seconds)
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(hertz, samples)) / RATE
    sound = sum(np.sin(n * phase) / n for n in range(1, harmonics + 1))
    sound = sound + noise * np.random.default_rng(1).normal(size=samples)
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)


def pitch(sound):
    return find_pitch(frame_signal(sound, WINDOW, HOP), RATE, 65.0, 500.0)


@pytest.mark.parametrize("hertz", [80.0, 123.0, 200.0, 311.0, 440.0])
def test_a_steady_voice_has_its_pitch(hertz):
    assert np.median(pitch(voice(hertz))) == pytest.approx(hertz, rel=0.005)


# librosa 0.11.0: yin(glide, fmin=65, fmax=500, sr=16000, frame_length=1024, hop_length=320)
LIBROSA_GLIDE_HZ = [
    *(116.07, 128.29, 140.05, 151.90, 164.21, 176.13),
    *(188.08, 200.06, 212.09, 224.19, 236.05, 247.98),
]


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_librosa_measures_the_same(noise):
    ours = pitch(voice(np.linspace(110, 260, RATE), noise=noise))
    assert len(ours) == 51
    # a tenth of a semitone: ours measures half a period later, and the pitch rises
    assert ours[2:-2:4] == pytest.approx(LIBROSA_GLIDE_HZ, rel=0.007)


def test_silence_gives_numbers_and_no_warning():
    with np.errstate(all="raise"):
        assert np.isfinite(pitch(np.zeros(RATE, dtype=np.float32))).all()


def test_frames_are_centred_on_every_hop():
    frames = frame_signal(np.arange(10, dtype=np.float32), 4, 2)
    assert frames[0].tolist() == [0, 0, 0, 1]
    assert frames[1].tolist() == [0, 1, 2, 3]
