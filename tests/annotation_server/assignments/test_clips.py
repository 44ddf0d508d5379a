from pathlib import Path

import pandas as pd
import pytest

from libra_emo.annotation_server.assignments.clips import Clip, read_clips

ROW = {
    "clip_id": "My Film-1a2b3c4d-000001000-000005000",
    "clip_path": "data/clip.mp4",
    "subtitle": "Hm",
    "language": None,
    "duration_s": 4.0,
}


def test_clips_are_known_by_what_a_new_name_of_the_film_does_not_change():
    clips = read_clips(pd.DataFrame([ROW]), Path("/project"))
    (key,) = clips
    assert key == "1a2b3c4d-000001000-000005000"
    assert clips[key] == Clip(Path("/project/data/clip.mp4"), "Hm", None, 4.0)


@pytest.mark.parametrize("text", ["", "[", "7", "[1]", '"x"'])
def test_a_broken_translation_costs_only_itself(text):
    shown = Clip(Path("clip.mp4"), "Hm", "en", 4.0, translations=text, face_boxes='{"a": 1}')
    assert shown.describe("zh")["translation"] is None
    assert shown.describe("zh")["face"] == {"boxes": []}
