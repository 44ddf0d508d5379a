import math

import numpy as np
import pandas as pd
import pytest
from support.portrait import draw_face

from libra_emo.media.clips.features import extract_features, text_features
from libra_emo.media.options import FeatureOptions
from libra_emo.media.shards import ClipData
from libra_emo.media.voice.prosody import REFERENCE_HZ
from libra_emo.schemas import Features, check

RATE = 16_000


def clip(frames: list[np.ndarray], audio: np.ndarray) -> ClipData:
    times = [4.0 * (place + 0.5) / len(frames) for place in range(len(frames))]
    return ClipData("film-000000-004000", frames, times, audio.astype(np.float32), RATE)


def tone(hertz: float) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * hertz * np.arange(4 * RATE) / RATE)


def test_all_three_kinds_are_measured() -> None:
    frames = [draw_face(smile=0.1) for _ in range(16)]
    features = extract_features(clip(frames, tone(200)), "Hello there!", FeatureOptions())
    assert features["text_words"] == 2 and features["text_words_per_s"] == 0.5
    assert features["face_share"] == 1 and math.isfinite(features["face_lip_corner_mean"])
    pitch = REFERENCE_HZ * 2 ** (features["voice_pitch_mean_st"] / 12)
    assert pitch == pytest.approx(200, rel=0.02)


def test_a_row_of_them_satisfies_the_contract() -> None:
    frames = [draw_face() for _ in range(4)]
    features = extract_features(clip(frames, tone(150)), "你好", FeatureOptions())
    row = {"clip_id": "c", "source_id": "s", "language": "zh", "subtitle": "你好"} | features
    assert set(check(pd.DataFrame([row]), Features).columns) == set(row)
    assert all(isinstance(value, float) for value in features.values())


def test_the_same_clip_gives_the_same_numbers() -> None:
    one = clip([draw_face(mouth_open=0.1) for _ in range(6)], tone(180))
    first = extract_features(one, "Yes.", FeatureOptions())
    assert first == extract_features(one, "Yes.", FeatureOptions())


def test_without_face_voice_and_words_nothing_raises() -> None:
    dark = [np.zeros((90, 160, 3), np.uint8)] * 16
    features = extract_features(clip(dark, np.zeros(4 * RATE)), "", FeatureOptions())
    assert features["face_share"] == 0 and features["voice_pause_share"] == 1
    assert features["text_words"] == 0 and math.isnan(features["face_eye_open_mean"])


def test_a_clip_without_frames_and_sound_does_not_raise() -> None:
    nothing = ClipData("c", [], [], np.zeros(0, np.float32), RATE)
    features = extract_features(nothing, "Oh.", FeatureOptions())
    assert features["text_words"] == 1 and math.isnan(features["text_words_per_s"])


def test_the_columns_are_always_the_same() -> None:
    full = extract_features(clip([draw_face()] * 4, tone(150)), "Well?", FeatureOptions())
    dark = [np.zeros((90, 160, 3), np.uint8)] * 4
    empty = extract_features(clip(dark, np.zeros(4 * RATE)), "", FeatureOptions())
    assert list(full) == list(empty)


@pytest.mark.parametrize(
    ("subtitle", "counts"),
    [
        ("No! Why?! Stop...", {"exclamations": 2, "questions": 1, "ellipses": 1, "words": 3}),
        ("不！为什么？……", {"exclamations": 1, "questions": 1, "ellipses": 1, "words": 4 / 1.5}),
        ("Ha ha, LOL, that's sooo GOOD", {"laughs": 2, "capital_words": 2, "stretched_words": 1}),
        ("哈哈哈，唉", {"laughs": 1, "sighs": 1}),
        ("It's 9 o'clock", {"words": 3}),
        ("OK 好的", {"words": 1 + 2 / 1.5}),
        ("", {"words": 0, "word_length": 0}),
    ],
)
def test_text_is_counted(subtitle: str, counts: dict[str, float]) -> None:
    features = text_features(subtitle, 4.0)
    for name, count in counts.items():
        assert features[f"text_{name}"] == pytest.approx(count), name
