import pytest
from support.evaluation_sets import TAXONOMY, make_public_set, make_set

from libra_emo.evaluation.answers.answer_file import AnswerError
from libra_emo.evaluation.scoring.votes_table import read_votes

CLIPS = make_set(["sad", "happy"])


def write(tmp_path, text):
    place = tmp_path / "votes.csv"
    place.write_text("clip_id,annotator,label\n" + text)
    return place


def test_votes_by_clip_and_annotator(tmp_path):
    place = write(tmp_path, "c0,ann,sad\nc0,bob,other\nc1,bob,happy\nz,bob,happy\n")
    votes = read_votes(place, CLIPS, TAXONOMY)
    names = CLIPS.classes.names
    assert votes.labels.tolist() == [[names.index("sad"), -1], [-1, names.index("happy")]]
    assert votes.counts.sum() == 2


def test_votes_in_chinese_and_capitals(tmp_path):
    votes = read_votes(write(tmp_path, "c0,ann,悲伤\nc0,bob,其他\nc1,bob,HAPPY\n"), CLIPS, TAXONOMY)
    names = CLIPS.classes.names
    assert votes.labels.tolist() == [[names.index("sad"), -1], [-1, names.index("happy")]]


def test_labels_without_a_class_of_the_set_are_no_votes(tmp_path):
    place = write(tmp_path, "c0,ann,surprised\nc0,bob,A\n")
    votes = read_votes(place, make_public_set("crema_d", ["A"]), TAXONOMY)
    assert votes.labels.tolist() == [[-1, 0]]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("c0,ann,bored\n", "'bored' is no class of mine and no label"),
        ("c0,ann,sad\nc0,ann,happy\n", "somebody has two votes for one clip"),
        ("z,ann,sad\n", "none of the votes is for a clip of mine"),
    ],
)
def test_wrong_votes_are_one_clear_line(tmp_path, rows, message):
    with pytest.raises(AnswerError, match=message):
        read_votes(write(tmp_path, rows), CLIPS, TAXONOMY)
