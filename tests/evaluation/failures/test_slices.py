import pandas as pd
import pytest
from support.small_world import make_world

from libra_emo.evaluation.failures.hard_clips import fullest_answers
from libra_emo.evaluation.failures.slices import (
    COLUMNS,
    MOUTH,
    NO_SPEAKER,
    SPEAKER,
    describe_clips,
    score_slices,
)


@pytest.fixture
def world():
    return make_world()


def sources_of(world):
    films = world.candidates["source_id"].unique()
    return pd.DataFrame({"source_id": films, "theme": ["drama", "war"] * (len(films) // 2)})


def predictions(world, predicted):
    bench = world.bench_sample.merge(world.bench_labels[["clip_id", "label"]], on="clip_id")
    return pd.DataFrame(
        {
            "model": "one",
            "modalities": "VAT",
            "clip_id": bench["clip_id"],
            "source_id": bench["source_id"],
            "truth": bench["label"],
            "predicted": bench["label"] if predicted is None else predicted,
        }
    )


def score(table, world):
    return score_slices(table, world.candidates, sources_of(world), world.features)


def test_every_part_has_its_share_of_right_answers(world):
    table = predictions(world, None)
    table.loc[table["source_id"] == table["source_id"].iloc[0], "predicted"] = None
    found = score_slices(table, world.candidates, sources_of(world), world.features).set_index(
        "value"
    )
    assert set(found["slice"]) == {"theme"}, "all other slices have one value only"
    assert sorted(found["accuracy"]) == [0.0, 1.0] and (found["clips"] == 9).all()


def test_clips_are_put_into_parts_by_what_is_known_of_them(world):
    candidates = world.candidates.head(4).assign(
        duration_s=[3.0, 5.0, 7.0, 9.9],
        face_ratio=[1.0, 0.9, 1.0, 1.0],
        faces_most=pd.array([1, 2, None, 1], dtype="Int64"),
        cue_cut=[True, False, False, False],
        language=["en", None, "zh", "en"],
    )
    found = describe_clips(candidates, sources_of(world), world.features)
    assert found["length"].tolist() == ["under 5 s", "5 to 7 s", "7 s and more", "7 s and more"]
    assert found["faces"].tolist()[:2] == ["one face", "several faces"]
    assert pd.isna(found["faces"].iloc[2])
    assert found["face_time"].iloc[1] == "face in some frames"
    assert found["cue"].iloc[0] == "words cut by the scene"


def test_old_tables_without_the_optional_columns_have_fewer_parts(world):
    found = score_slices(
        predictions(world, "sad"), world.candidates, sources_of(world), world.features
    )
    assert tuple(found.columns) == COLUMNS
    assert len(fullest_answers(predictions(world, "sad"))) == 18


def test_a_face_is_seen_during_the_words_where_every_frame_has_one_and_no_word_is_cut(world):
    candidates = world.candidates.head(4).assign(
        face_ratio=[1.0, 0.9, 1.0, 0.9],
        cue_cut=pd.Series([False, False, True, None], dtype="object"),
    )
    found = describe_clips(candidates, sources_of(world), world.features)["face_during_words"]
    assert found.tolist()[:3] == [
        "a face during all the words",
        "perhaps no face during some words",
        "words go on beyond the clip",
    ]
    assert pd.isna(found.iloc[3])
    bare = world.candidates.head(2)
    assert describe_clips(bare, sources_of(world), world.features)["face_during_words"].isna().all()


def test_the_speaker_is_visible_where_the_mouth_of_the_face_moves(world):
    features = world.features.assign(**{MOUTH: 0.06})
    features.loc[:1, MOUTH] = [0.005, float("nan")]
    found = describe_clips(world.candidates, sources_of(world), features)["speaker"]
    assert found.iloc[0] == NO_SPEAKER and pd.isna(found.iloc[1])
    assert set(found.iloc[2:]) == {SPEAKER}
    bench = world.bench_sample["clip_id"]
    features.loc[features["clip_id"].isin(bench[:4]), MOUTH] = 0.01
    table = predictions(world, "sad")
    scores = score_slices(table, world.candidates, sources_of(world), features)
    parts = scores[scores["slice"] == "speaker"].set_index("value")["clips"]
    assert parts.to_dict() == {NO_SPEAKER: 4, SPEAKER: 14}
