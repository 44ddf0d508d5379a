import numpy as np
import pytest
from explanations.test_cue_writer import OPTIONS, TAXONOMY, make_clips

from libra_emo.explanations.cue_writer import ExplanationError, quote_words, write_explanations
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.schemas import TableError
from libra_emo.taxonomy import Emotion, Taxonomy


def test_a_clip_without_face_or_voice_still_has_its_words():
    labels, features = make_clips()
    measured = [name for name in features.columns if name.startswith(("face_", "voice_"))]
    features.loc[0, measured] = np.nan
    found = write_explanations(labels, features, TAXONOMY, OPTIONS)
    assert found["status"][0] == "ok"
    assert "face" not in found["explanation"][0]
    assert "line number 0" in found["explanation"][0]


def test_a_clip_of_which_nothing_is_known_fails_for_lack_of_a_cue():
    labels, features = make_clips()
    measured = [name for name in features.columns if name.startswith(("face_", "voice_"))]
    features.loc[0, measured] = np.nan
    features.loc[0, ["subtitle", "text_exclamations"]] = ["", 0.0]
    options = ExplanationOptions(min_characters=10)
    found = write_explanations(labels, features, TAXONOMY, options)
    assert found["status"].tolist() == ["no_cue"] + ["ok"] * 59


def test_a_measure_that_is_the_same_everywhere_is_not_spoken_of():
    labels, features = make_clips()
    features["voice_energy_mean_db"] = 1.0
    features.loc[0, "voice_energy_mean_db"] = 9.0
    found = write_explanations(labels, features, TAXONOMY, OPTIONS)
    assert not found["explanation"].str.contains("louder|quieter").any()


def test_the_same_text_for_many_clips_is_marked():
    labels, features = make_clips(6)
    measured = [name for name in features.columns if name.startswith(("face_", "voice_", "text_"))]
    features = features.drop(columns=measured).assign(subtitle="the same words in every clip")
    options = ExplanationOptions(max_identical=1)
    found = write_explanations(labels.assign(label="sad"), features, TAXONOMY, options)
    same = found["explanation"].duplicated(keep=False)
    assert same.any()
    assert (found.loc[same, "status"] == "repeated").all()


def test_a_taxonomy_whose_labels_are_words_of_the_phrases():
    emotions = [
        Emotion(label=label, type="neutral", coarse=label, definition="One of two.")
        for label in ("loud", "quiet", "open")
    ]
    taxonomy = Taxonomy(emotions=tuple(emotions))
    labels, features = make_clips()
    kinds = {"angry": "loud", "sad": "quiet", "neutral": "open"}
    labels["label"] = labels["label"].map(kinds)
    found = write_explanations(labels, features, taxonomy, OPTIONS)
    assert set(found["status"]) == {"ok"}
    assert not found["explanation"].str.contains("louder|quieter|is open").any()


def test_a_subtitle_that_names_another_emotion_is_quoted_all_the_same():
    labels, features = make_clips()
    features.loc[1, "subtitle"] = "I was so happy, “really” so excited\nand then not"
    found = write_explanations(labels, features, TAXONOMY, OPTIONS)
    assert found["status"][1] == "ok"
    assert "“I was so happy, really so excited and then not”" in found["explanation"][1]


@pytest.mark.parametrize(
    ("subtitle", "quoted"),
    [
        ("short", "short"),
        ("two words and more", "two words…"),
        ("孩子们都在院子里玩耍呢", "孩子们都在院子里玩耍…"),
        (" \n ", ""),
    ],
)
def test_quotes_are_cut_at_words(subtitle, quoted):
    assert quote_words(subtitle, 10) == quoted


def test_no_label_no_text():
    labels, features = make_clips()
    assert write_explanations(labels.iloc[:0], features, TAXONOMY, OPTIONS).empty


def test_what_cannot_be_explained_is_said():
    labels, features = make_clips()
    with pytest.raises(ExplanationError, match="clip000 has a label and no features"):
        write_explanations(labels, features.iloc[1:], TAXONOMY, OPTIONS)
    with pytest.raises(TableError, match="'gloomy'"):
        write_explanations(labels.assign(label="gloomy"), features, TAXONOMY, OPTIONS)
    with pytest.raises(ValueError, match="max_characters"):
        ExplanationOptions(min_characters=50, max_characters=40)


def test_chinese_words_are_quoted():
    labels, features = make_clips()
    features["subtitle"] = "我真的不知道该怎么办" + features["clip_id"].str[-2:]
    found = write_explanations(labels, features, TAXONOMY, OPTIONS)
    assert found["explanation"].str.contains("“我真的不知道该怎么办").all()
    assert set(found["status"]) == {"ok"}
