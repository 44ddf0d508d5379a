import pytest

from libra_emo.annotation.csv_files.columns import find_columns


@pytest.mark.parametrize(
    "header",
    [
        ["clip_id", "annotator", "label"],
        ["Clip ID", "ANNOTATOR", " Label "],
        ["\ufeffclip-id", "annotator_id", "Emotion"],
        ["片段", "标注者", "标签"],
        ["instance_id", "user", "choice"],
    ],
)
def test_required_columns_are_found_under_each_name(header):
    columns = find_columns(header)
    assert columns.places == {"clip_id": 0, "annotator": 1, "label": 2}
    assert columns.missing == []


def test_columns_of_label_studio():
    header = ["video", "id", "emotion", "annotator", "annotation_id", "created_at", "updated_at"]
    places = find_columns([*header, "lead_time"]).places
    assert places == {"clip_id": 0, "label": 2, "annotator": 3, "voted_at": 5, "seconds": 7}


def test_columns_of_potato():
    columns = find_columns(["user", "instance_id", "displayed_text", "feel:::sad", "feel:::happy"])
    assert columns.choices == {3: "sad", 4: "happy"}
    assert columns.missing == []


def test_what_is_missing_is_named():
    assert find_columns(["clip", "who"]).missing == ["annotator", "label"]
    assert find_columns([]).missing == ["clip_id", "annotator", "label"]
