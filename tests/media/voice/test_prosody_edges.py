import numpy as np
import pytest

from libra_emo.media.voice.prosody import MEASURES, voice_features

RATE = 16_000
NAMES = {f"voice_{measure}" for measure in MEASURES}


@pytest.mark.parametrize(
    "audio",
    [
        np.zeros(4 * RATE, np.float32),
        np.full(4 * RATE, 2e-5, np.float32),
        np.zeros(0, np.float32),
        np.ones(30, np.float32),
    ],
    ids=["silence", "as good as silence", "nothing", "too short"],
)
def test_silence_is_one_pause_and_nothing_else(audio: np.ndarray) -> None:
    features = voice_features(audio, RATE)
    assert set(features) == NAMES and features.pop("voice_pause_share") == 1
    assert all(np.isnan(value) for value in features.values())


def test_noise_has_loudness_but_no_pitch() -> None:
    noise = (0.1 * np.random.default_rng(1).normal(size=4 * RATE)).astype(np.float32)
    features = voice_features(noise, RATE)
    assert set(features) == NAMES
    assert np.isnan(features["voice_pitch_mean_st"]) and features["voice_voiced_share"] < 0.05
    assert features["voice_energy_mean_db"] == pytest.approx(-20, abs=0.5)


def test_a_constant_offset_is_no_voice() -> None:
    features = voice_features(np.full(4 * RATE, 0.3, np.float32), RATE)
    assert set(features) == NAMES


def test_broken_samples_do_not_raise() -> None:
    audio = (0.2 * np.sin(np.arange(4 * RATE) * 2 * np.pi * 200 / RATE)).astype(np.float32)
    audio[1000:1010] = np.nan
    assert np.isfinite(voice_features(audio, RATE)["voice_pitch_mean_st"])
