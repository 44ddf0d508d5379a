from pathlib import Path

import numpy as np
import pytest
from support.evaluation_sets import TAXONOMY, make_public_set, make_set

from libra_emo.evaluation.answers.answer_file import FAILED, AnswerError, AnswerFile, RawAnswer
from libra_emo.evaluation.answers.matching import AnswerReader, count_statuses
from libra_emo.evaluation.statistics.answer_matrix import NO_ANSWER, NO_LABEL, OTHER_LABEL

CLIPS = make_set(["sad", "happy", "angry"], left_out=["x"])


def match(answers, clips=CLIPS, labelled=True, probabilities=None):
    rows = tuple(each if isinstance(each, RawAnswer) else RawAnswer(*each) for each in answers)
    file = AnswerFile("gpt", "VT", Path("gpt.csv"), rows, labelled, probabilities)
    return AnswerReader(clips, TAXONOMY).match(file)


def names(found, clips=CLIPS):
    return [clips.classes.names[place] if place >= 0 else int(place) for place in found.predicted]


def test_labels_empty_cells_and_clips_without_a_row():
    found = match([("c0", "Sad"), ("c1", None), ("x", "sad")])
    assert names(found) == ["sad", NO_LABEL, NO_ANSWER]
    assert found.statuses == ("answered", "unreadable", "missing")
    assert found.left_out == 1
    assert count_statuses(found) == {
        "answered": 1, "unreadable": 1, "refused": 0, "blocked": 0, "failed": 0, "missing": 1,
    }  # fmt: skip


def test_replies_are_read_as_those_of_voters_are():
    found = match(
        [
            RawAnswer("c0", reply="The emotion is sadness; she weeps."),
            RawAnswer("c1", reply="I'm sorry, I cannot help with that."),
            RawAnswer("c2", reply="angry or sad"),
        ],
        labelled=False,
    )
    assert names(found) == ["sad", NO_LABEL, NO_LABEL]
    assert found.statuses == ("answered", "refused", "unreadable")
    blocked = match(
        [RawAnswer("c0", reply="", finish="content_filter"), RawAnswer("c1", status=FAILED)],
        labelled=False,
    )
    assert blocked.statuses == ("blocked", "failed", "missing")
    assert names(blocked) == [NO_LABEL, NO_ANSWER, NO_ANSWER]


def test_a_table_with_labels_and_replies_counts_its_labels():
    found = match([RawAnswer("c0", None, "sad; she weeps"), RawAnswer("c1", "happy", "sad")])
    assert names(found)[:2] == [NO_LABEL, "happy"]


def test_thirteen_labels_answer_sets_with_other_classes():
    dfew = make_public_set("dfew", ["1", "4"])
    assert names(match([("c0", "amazed"), ("c1", "Anger")], dfew), dfew) == ["happy", "angry"]
    crema_d = make_public_set("crema_d", ["A", "H"])
    answers = [("c0", "surprised"), ("c1", "excited")]
    assert names(match(answers, crema_d), crema_d) == [OTHER_LABEL, "happy"]
    replies = [RawAnswer("c0", reply="contempt"), RawAnswer("c1", reply="Anxiety; she waits")]
    mafw = make_public_set("mafw", ["contempt", "anxiety"])
    assert names(match(replies, mafw, labelled=False), mafw) == ["contempt", "anxiety"]


@pytest.mark.parametrize("label", ["悲伤", " SAD ".strip(), "Sad"])
def test_labels_by_any_of_their_names(label):
    assert names(match([("c0", label)]))[0] == "sad"
    dfew = make_public_set("dfew", ["2"])
    assert names(match([("c0", label)], dfew), dfew) == ["sad"]
    assert names(match([("c0", "绝望")], dfew), dfew) == ["sad"]


def test_probabilities_are_added_by_class_and_made_to_add_up_to_one():
    dfew = make_public_set("dfew", ["1", "4"])
    shares = {"happy": (0.3, 0.1), "amazed": (0.3, 0.1), "angry": (0.0, 0.2)}
    found = match([("c1", "happy"), ("c0", "angry")], dfew, probabilities=shares)
    assert found.probabilities[1, [0, 3]].tolist() == [1, 0]
    assert found.probabilities[0, [0, 3]] == pytest.approx([0.5, 0.5])
    alone = match([("c0", "happy")], dfew, probabilities={"happy": (1.0,)})
    assert np.isnan(alone.probabilities[1]).all()


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([("c0", "sad"), ("c0", "sad")], "1 clips have more than one answer of gpt: c0"),
        ([("c0", "sad"), ("y", "sad")], "1 of its ids are not in mine: y"),
        ([("y", "sad")], "none of its 1 ids is of mine; the first is y, and the set's is c0"),
        ([], "none of its 0 ids"),
        ([("c0", "bored")], "clip c0 is answered with 'bored', which is no class of mine"),
    ],
)
def test_what_does_not_fit_the_set_is_one_clear_line(answers, message):
    with pytest.raises(AnswerError, match=message) as caught:
        match(answers)
    assert "\n" not in str(caught.value)
