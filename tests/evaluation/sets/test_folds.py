from collections import Counter

import pytest
from support.shared_files import shared_file

from libra_emo.evaluation.sets.folds import IN_NO_FOLD, read_dfew, read_mafw
from libra_emo.evaluation.sets.reading import read_set
from libra_emo.evaluation.sets.set_classes import SetError, read_set_classes
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
DFEW, MAFW = (read_set_classes(name, TAXONOMY) for name in ("dfew", "mafw"))


def write(place, text):
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")


def test_the_published_lists_of_dfew():
    """Sizes of the folds and classes by the lists that DFER-CLIP publishes."""
    folder = shared_file("labels/dfew_folds")
    sizes = [len(read_set("dfew", TAXONOMY, folder, fold)) for fold in (1, 2, 3, 4, 5)]
    assert sizes == [2341, 2341, 2340, 2339, 2336]
    first = read_set("dfew", TAXONOMY, folder)
    counts = Counter(first.classes.names[place] for place in first.truth)
    assert counts == {
        "happy": 489, "sad": 379, "neutral": 534, "angry": 435,
        "surprised": 294, "disgusted": 29, "fearful": 181,
    }  # fmt: skip
    reasons = first.left_out["reason"].value_counts()
    assert reasons["in the training part of fold 1"] == 9356
    assert reasons[IN_NO_FOLD] == 16372 - 11697
    assert len({*first.clip_ids, *first.left_out["clip_id"]}) == 16372


def test_the_owners_layout_of_dfew(tmp_path):
    data = tmp_path / "EmoLabel_DataSplit"
    write(data / "test(single-labeled)/set_2.csv", "video_name,label\n00007,1\n12,7\n")
    write(data / "train(single-labeled)/set_2.csv", "video_name,label\n3,2\n")
    for folder in (tmp_path, data):
        owners = read_dfew(folder, 2, DFEW)
        assert owners.clips["clip_id"].tolist() == ["00007", "00012"]
        assert owners.clips["label"].tolist() == ["1", "7"]
        assert owners.left_out["clip_id"].iloc[0] == "00003"
        assert len(owners.left_out) == 16370
    alone = read_dfew(data / "test(single-labeled)/set_2.csv", 2, DFEW)
    assert alone.left_out.empty


def test_mafw_by_its_folds_and_by_its_list_of_single_expressions(tmp_path):
    write(tmp_path / "single/no_caption/set_3/test.txt", "00019.mp4 anger\n00021.mp4\thappiness\n")
    write(tmp_path / "single/no_caption/set_3/train.txt", "00022.mp4 anxiety\n")
    write(tmp_path / "caption-label/single_label.txt", "03747.mp4 anger 一个男人 A man speaks.\n")
    fold = read_mafw(tmp_path, 3, MAFW)
    assert fold.clips.values.tolist() == [["00019", "anger"], ["00021", "happiness"]]
    assert fold.left_out["clip_id"].tolist() == ["00022"]
    assert read_mafw(tmp_path, None, MAFW).clips.values.tolist() == [["03747", "anger"]]
    write(tmp_path / "MAFW_set_1_test.txt", "/data/MAFW/00030 52 10\n")
    assert read_mafw(tmp_path, 1, MAFW).clips["label"].tolist() == ["disappointment"]


def test_folds_and_lines_that_there_are_not(tmp_path):
    with pytest.raises(SetError, match="there is no fold 6"):
        read_dfew(tmp_path, 6, DFEW)
    write(tmp_path / "DFEW_set_1_test.txt", "/data/00001 10 7\n")
    with pytest.raises(SetError, match="has the label 7; DFEW has 0 to 6"):
        read_dfew(tmp_path, 1, DFEW)
    write(tmp_path / "DFEW_set_1_test.txt", "/data/00001\n")
    with pytest.raises(SetError, match="has no label"):
        read_dfew(tmp_path, 1, DFEW)
