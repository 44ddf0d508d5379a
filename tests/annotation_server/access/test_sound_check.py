import io
import wave

import numpy as np
import pytest

from libra_emo.annotation_server.access.secrets import ServerSecret
from libra_emo.annotation_server.access.sound_check import FEWEST, MOST, make_tones


@pytest.mark.parametrize("count", range(FEWEST, MOST + 1))
def test_the_tones_can_be_counted(count):
    with wave.open(io.BytesIO(make_tones(count))) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
        rate = file.getframerate()
    parts = samples[: len(samples) // (rate // 20) * (rate // 20)].reshape(-1, rate // 20)
    loud = np.abs(parts).max(axis=1) > 3000
    assert int((loud[1:] & ~loud[:-1]).sum()) == count
    assert np.abs(samples).max() < 32767


def test_attempts_have_other_numbers_and_every_number_is_drawn():
    secret = ServerSecret("x")
    drawn = [secret.draw_tones("link", attempt) for attempt in range(200)]
    assert set(drawn) == set(range(FEWEST, MOST + 1))
    assert drawn != [secret.draw_tones("other", attempt) for attempt in range(200)]


def test_a_sound_check_holds_for_its_session_and_its_time():
    secret = ServerSecret("x")
    cookie = secret.sign_sound("link", True)
    assert secret.read_sound(cookie, "link", 12) is True
    assert secret.read_sound(secret.sign_sound("link", False), "link", 12) is False
    assert secret.read_sound(cookie, "other", 12) is None
    assert secret.read_sound(cookie, "link", -1) is None
    assert secret.read_sound(secret.sign_session("link"), "link", 12) is None
    assert secret.read_sound("forged", "link", 12) is None
