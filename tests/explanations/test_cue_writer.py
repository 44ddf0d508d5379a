import numpy as np
import pandas as pd

from libra_emo.explanations.cue_writer import write_explanations
from libra_emo.explanations.cues import Phrases
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.media.clips.features import text_features
from libra_emo.media.faces.geometry import MEASURES as FACE_MEASURES
from libra_emo.media.faces.geometry import STATISTICS
from libra_emo.media.voice.prosody import MEASURES as VOICE_MEASURES
from libra_emo.schemas import Explanations, check
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
OPTIONS = ExplanationOptions()


def make_clips(count=60, seed=0):
    """Loud angry clips, quiet sad ones, and measures that follow nothing."""
    rng = np.random.default_rng(seed)
    kinds = ["angry", "sad", "neutral", "neutral", "neutral", "neutral"]
    label = [kinds[number % 6] for number in range(count)]
    loudness = {"angry": 3.0, "sad": -3.0, "neutral": 0.0}
    features = pd.DataFrame(
        {
            "clip_id": [f"clip{number:03d}" for number in range(count)],
            "source_id": "film",
            "language": "en",
            "subtitle": [f"line number {number} of the play" for number in range(count)],
            "text_exclamations": [float(kind == "angry") for kind in label],
            "face_mouth_open_mean": rng.normal(size=count),
            "face_brow_gap_mean": rng.normal(size=count),
            "voice_energy_mean_db": [loudness[kind] for kind in label] + rng.normal(0, 0.3, count),
            "voice_pitch_mean_st": rng.normal(size=count),
        }
    )
    labels = pd.DataFrame(
        {
            "clip_id": features["clip_id"],
            "label": label,
            "origin": "machine",
            "support": 2,
            "votes": 3,
            "round": 0,
        }
    )
    return labels, features


def test_every_text_passes_its_own_checks():
    labels, features = make_clips()
    found = write_explanations(labels, features, TAXONOMY, OPTIONS)
    check(found, Explanations)
    assert set(found["status"]) == {"ok"}
    assert found["label"].tolist() == labels["label"].tolist()


def test_a_text_says_what_was_measured_in_this_clip():
    labels, features = make_clips()
    found = write_explanations(labels, features, TAXONOMY, OPTIONS)
    for text, label, subtitle in zip(
        found["explanation"], found["label"], features["subtitle"], strict=True
    ):
        assert f"“{subtitle}”" in text
        assert ("strikingly louder" in text) == (label == "angry")
        assert ("strikingly quieter" in text) == (label == "sad")
        assert ("exclamation mark" in text) == (label == "angry")


def test_texts_differ_between_clips_and_repeat_for_the_same():
    labels, features = make_clips()
    found = write_explanations(labels, features, TAXONOMY, OPTIONS)
    assert found["explanation"].nunique() == len(found)
    shuffled = write_explanations(
        labels.sample(frac=1, random_state=1),
        features.sample(frac=1, random_state=2),
        TAXONOMY,
        OPTIONS,
    )
    pd.testing.assert_frame_equal(found, shuffled)


def test_changed_measures_change_the_text():
    labels, features = make_clips()
    before = write_explanations(labels, features, TAXONOMY, OPTIONS)["explanation"]
    features.loc[0, "voice_energy_mean_db"] = -20.0
    after = write_explanations(labels, features, TAXONOMY, OPTIONS)["explanation"]
    assert "louder" in before[0]
    assert "quieter" in after[0]


def test_the_labels_own_cue_comes_before_a_larger_one_that_is_not():
    labels, features = make_clips()
    features.loc[0, "voice_pitch_mean_st"] = 30.0
    one = ExplanationOptions(cues_per_part=1)
    text = write_explanations(labels, features, TAXONOMY, one)["explanation"][0]
    assert "louder" in text
    assert "pitch" not in text


def test_the_phrases_speak_of_columns_that_are_measured():
    phrases = Phrases()
    face = {f"face_{name}_{kind}" for name in FACE_MEASURES for kind in STATISTICS}
    face |= {"face_head_motion_mean"}
    voice = {f"voice_{name}" for name in VOICE_MEASURES}
    assert set(phrases.columns) <= face | voice
    assert set(phrases.present) <= set(text_features("words", 1.0))


def test_every_phrase_is_recognised_as_what_it_says():
    phrases = Phrases()
    for column in phrases.columns:
        for deviation in (-5.0, -2.0, -1.0, 1.0, 2.0, 5.0):
            statement = phrases.statement(column, deviation)
            claims = phrases.claims(f"Lo, {statement.text}.")
            assert [(c.column, c.direction, c.degree) for c in claims] == [
                (column, statement.direction, phrases.degree(deviation))
            ]
