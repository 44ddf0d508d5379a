from dataclasses import replace

import numpy as np
import pytest

from libra_emo.media.voice.pitch import find_pitch, frame_signal
from libra_emo.sample.draws import generator
from libra_emo.sample.voices import CALM_LEVEL, SpeakingStyle, loudness, synthesise_speech

CALM = SpeakingStyle(
    hertz=150.0,
    range_semitones=0.5,
    level_db=0.0,
    syllables_per_second=4.3,
    pause_share=0.1,
    breathiness=0.05,
    tension=0.0,
    roughness=0.0,
    tremor=0.0,
    contour_semitones=0.0,
)
HERTZ = 16000


def sound_of(style, seconds=3.0):
    return synthesise_speech(generator(1, "voice"), style, 1.0, seconds, HERTZ)


def pitch_of(sound):
    return np.median(find_pitch(frame_signal(sound, 1024, 256), HERTZ, 70.0, 500.0))


@pytest.mark.parametrize("hertz", [110.0, 150.0, 220.0])
def test_pitch_is_the_one_asked_for(hertz):
    assert pitch_of(sound_of(replace(CALM, hertz=hertz))) == pytest.approx(hertz, rel=0.06)


def test_loudness_is_the_one_asked_for():
    for level in (-6.0, 0.0, 5.0):
        energy = np.sqrt(np.mean(sound_of(replace(CALM, level_db=level)) ** 2))
        assert 20 * np.log10(energy / CALM_LEVEL) == pytest.approx(level, abs=0.5)


def test_tension_brightens():
    def bright(tension):
        sound = sound_of(replace(CALM, tension=tension))
        power = np.abs(np.fft.rfft(sound)) ** 2
        return (power * np.fft.rfftfreq(len(sound), 1 / HERTZ)).sum() / power.sum()

    assert bright(-0.8) < bright(0.0) < bright(0.8)


def test_pauses_lengthen_the_silence():
    def silence(share):
        frames = loudness(sound_of(replace(CALM, pause_share=share), 6.0), 120)
        return np.mean(frames < 0.05)

    assert silence(0.4) > silence(0.05) + 0.1


def test_sound_fills_the_scene_and_is_quiet_at_the_cuts():
    sound = sound_of(CALM, 4.25)
    assert len(sound) == 4.25 * HERTZ
    assert np.abs(sound).max() < 1
    assert np.abs(sound[:1600]).max() < 0.01
    assert np.abs(sound[-1600:]).max() < 0.01


def test_a_scene_too_short_for_a_syllable_is_silent():
    assert np.abs(sound_of(CALM, 0.3)).max() < 0.01


def test_the_mouth_follows_the_sound():
    frames = loudness(sound_of(CALM, 3.0), 36)
    assert frames.shape == (36,)
    assert frames.max() == pytest.approx(1)
    assert frames[0] < 0.05
