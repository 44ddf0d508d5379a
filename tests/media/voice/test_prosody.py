import numpy as np
import pytest

from libra_emo.media.voice.prosody import REFERENCE_HZ, Signal, voice_features

RATE = 16_000


def seconds(length: float) -> np.ndarray:
    return np.arange(round(length * RATE)) / RATE


def tone(
    hertz: float | np.ndarray, length: float = 4.0, level: float = 0.2, overtones: int = 8
) -> Signal:
    """Return a voice-like tone: overtones that fall off by 12 dB an octave."""
    pitch = np.broadcast_to(hertz, seconds(length).shape)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    wave = sum(np.sin(n * phase) / n**2 for n in range(1, overtones + 1))
    return (level * np.asarray(wave)).astype(np.float32)


def hertz(features: dict[str, float]) -> float:
    return float(REFERENCE_HZ * 2 ** (features["voice_pitch_mean_st"] / 12))


@pytest.mark.parametrize("pitch", [90.0, 130.0, 200.0, 320.0, 450.0])
@pytest.mark.parametrize("overtones", [1, 8])
def test_a_tone_of_known_pitch_is_measured_within_two_percent(pitch: float, overtones: int) -> None:
    features = voice_features(tone(pitch, overtones=overtones), RATE)
    assert hertz(features) == pytest.approx(pitch, rel=0.02)
    assert features["voice_pitch_sd_st"] < 0.2 and features["voice_voiced_share"] > 0.9


def test_the_pitch_does_not_depend_on_the_sample_rate() -> None:
    every_second = tone(200.0)[::2]
    assert hertz(voice_features(every_second, RATE // 2)) == pytest.approx(200, rel=0.02)


def test_a_lively_melody_has_a_wider_range_than_a_flat_one() -> None:
    lively = voice_features(tone(200 * 2 ** (0.3 * np.sin(2 * np.pi * seconds(4.0)))), RATE)
    flat = voice_features(tone(200.0), RATE)
    assert lively["voice_pitch_range_st"] > flat["voice_pitch_range_st"] + 3
    assert lively["voice_pitch_range_st"] == pytest.approx(7.2, abs=0.8)  # 2 x 0.3 octaves


def test_a_rising_voice_has_its_slope() -> None:
    rising = voice_features(tone(150 * 2 ** (seconds(4.0) / 8)), RATE)
    assert rising["voice_pitch_slope_st_s"] == pytest.approx(1.5, abs=0.15)


def test_a_trembling_voice_wobbles_and_a_gliding_one_does_not() -> None:
    random = np.random.default_rng(3)
    trembling = np.repeat(random.normal(0, 0.04, 400), RATE // 100)[: 4 * RATE]
    glide = voice_features(tone(150 * 2 ** (seconds(4.0) / 8)), RATE)
    tremble = voice_features(tone(150 * 2**trembling), RATE)
    assert tremble["voice_pitch_wobble_st"] > glide["voice_pitch_wobble_st"] + 0.1


def test_half_the_amplitude_is_six_decibels_less_and_nothing_else() -> None:
    loud, quiet = voice_features(tone(180.0), RATE), voice_features(tone(180.0, level=0.1), RATE)
    assert loud["voice_energy_mean_db"] - quiet["voice_energy_mean_db"] == pytest.approx(6, abs=0.2)
    for name in ("pitch_mean_st", "tilt_db", "pause_share", "energy_sd_db"):
        assert loud[f"voice_{name}"] == pytest.approx(quiet[f"voice_{name}"], abs=0.1)


def test_more_overtones_sound_brighter() -> None:
    dull, sharp = voice_features(tone(200.0, overtones=3), RATE), voice_features(tone(200.0), RATE)
    assert sharp["voice_tilt_db"] > dull["voice_tilt_db"]
    assert sharp["voice_centroid_hz"] > dull["voice_centroid_hz"]


@pytest.mark.parametrize("rate_hz", [2.0, 4.0, 6.0])
def test_syllables_are_counted(rate_hz: float) -> None:
    swell = 0.08 + 0.92 * np.clip(np.sin(2 * np.pi * rate_hz * seconds(4.0)), 0, 1)
    features = voice_features((tone(160.0) * swell).astype(np.float32), RATE)
    assert features["voice_syllables_per_s"] == pytest.approx(rate_hz, rel=0.2)


def test_pauses_are_measured() -> None:
    spoken = tone(160.0, 1.0)
    pause = np.zeros(RATE // 2, np.float32)
    features = voice_features(np.concatenate([spoken, pause, spoken, pause]), RATE)
    assert features["voice_pause_share"] == pytest.approx(1 / 3, abs=0.06)
    assert features["voice_pause_mean_s"] == pytest.approx(0.5, abs=0.08)


def test_a_breathy_voice_keeps_its_octave() -> None:
    breath = np.random.default_rng(9).normal(size=4 * RATE) * 0.06
    features = voice_features((tone(190.0) + breath).astype(np.float32), RATE)
    assert hertz(features) == pytest.approx(190, rel=0.02)
    assert features["voice_pitch_range_st"] < 1
