"""The truth of clips is found by the scenes near them, as it is by all scenes of their films."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from libra_emo.annotation import simulated
from libra_emo.annotation.simulated import match_truth

SPANS = st.lists(
    st.tuples(st.sampled_from("fgh"), st.integers(0, 40), st.integers(1, 12)), max_size=12
)


def read_scenes(rows, labels) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["source_id", "start_s", "length"])
    table["label"] = [labels[number % len(labels)] for number in range(len(table))]
    table["end_s"] = (table["start_s"] + table["length"]) / 2
    table["start_s"] = table["start_s"] / 2
    kinds = {"source_id": "str", "start_s": "float64", "end_s": "float64", "label": "str"}
    return table[list(kinds)].astype(kinds)


def drop_overlaps(scenes: pd.DataFrame) -> pd.DataFrame:
    kept, ends = [], {}
    for row in scenes.sort_values(["source_id", "start_s", "end_s"]).itertuples():
        if row.start_s >= ends.get(row.source_id, 0):
            kept.append(row.Index)
            ends[row.source_id] = row.end_s
    return scenes.loc[kept].reset_index(drop=True)


def pair_with_all(clips, scenes):
    return clips.merge(scenes, on="source_id", suffixes=("", "_scene"))


@settings(max_examples=60, deadline=None)
@given(SPANS, SPANS, st.booleans())
def test_near_scenes_give_the_truth_that_all_scenes_give(scene_rows, clip_rows, disjoint):
    scenes = read_scenes(scene_rows, ["sad", "happy", "angry"])
    scenes = drop_overlaps(scenes) if disjoint else scenes
    clips = read_scenes(clip_rows, ["unused"]).drop(columns="label")
    clips = clips.assign(
        clip_id=[f"c{number}" for number in range(len(clips))],
        duration_s=clips["end_s"] - clips["start_s"],
        subtitle="Hello.",
        language="en",
        frames_sampled=12,
        frames_with_face=12,
        face_ratio=1.0,
        clip_path="clips/x.mp4",
    ).astype({"clip_id": "str"})
    found = match_truth(scenes, clips)
    quick, simulated._pair_with_scenes = simulated._pair_with_scenes, pair_with_all
    try:
        expected = match_truth(scenes, clips)
    finally:
        simulated._pair_with_scenes = quick
    pd.testing.assert_frame_equal(found, expected)
