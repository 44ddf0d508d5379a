import numpy as np
import pytest
from support.drawn_films import write_film

from libra_emo.media.video.sound import Sound, SoundReader


def loudest_hertz(samples, rate):
    """Return the frequency that is strongest."""
    return np.abs(np.fft.rfft(samples)).argmax() * rate / len(samples)


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_span_holds_the_sound_of_its_own_seconds(tmp_path, ending):
    # the tone is at 200 Hz in the first second and rises by 100 Hz every second
    film = write_film(tmp_path / f"film.{ending}", [6])
    with SoundReader(film) as sounds:
        for second in (0, 2, 4):
            sound = sounds.read(second * 1000, second * 1000 + 1000)
            assert sound.samples.shape == (1, 16_000)
            assert loudest_hertz(sound.samples[0], 16_000) == pytest.approx(
                200 + 100 * second, 0.02
            )
        across = sounds.read(2500, 3500).samples[0]
    assert loudest_hertz(across[:7500], 16_000) == pytest.approx(400, 0.02)
    assert loudest_hertz(across[8500:], 16_000) == pytest.approx(500, 0.02)


def test_sound_is_as_loud_as_it_was(tmp_path):
    film = write_film(tmp_path / "film.mp4", [4])
    with SoundReader(film) as sounds:
        samples = sounds.read(1000, 3000).samples
    assert np.sqrt((samples**2).mean()) == pytest.approx(0.3 / np.sqrt(2), 0.05)


def test_other_rate_and_channels_keep_time_and_pitch(tmp_path):
    film = write_film(tmp_path / "film.mp4", [4])
    with SoundReader(film) as sounds:
        sound = sounds.read(1000, 2000)
    made = sound.resampled("stereo", 44_100, 44_100)
    assert made.shape == (2, 44_100)
    assert loudest_hertz(made[1], 44_100) == pytest.approx(300, 0.02)


def test_film_without_sound_is_silent(tmp_path):
    film = write_film(tmp_path / "film.mp4", [2], tone=False)
    with SoundReader(film) as sounds:
        sound = sounds.read(500, 1500)
    assert not sound.samples.any()
    assert sound.resampled("mono", 16_000, 16_000).shape == (1, 16_000)


def test_span_beyond_the_end_is_filled_with_silence(tmp_path):
    film = write_film(tmp_path / "film.mp4", [2])
    with SoundReader(film) as sounds:
        samples = sounds.read(1500, 3500).samples[0]
    assert len(samples) == 32_000
    assert samples[:7000].any()
    assert not samples[-16_000:].any()


@pytest.mark.parametrize("samples", [900, 1000, 1100])
def test_length_is_as_asked_for(samples):
    sound = Sound(np.ones((1, 1000), np.float32), 16_000)
    made = sound.resampled("mono", 16_000, samples)[0]
    assert len(made) == samples
    assert made.sum() == min(samples, 1000)
