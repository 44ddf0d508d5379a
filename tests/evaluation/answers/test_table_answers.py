import pandas as pd
import pytest

from libra_emo.evaluation.answers.answer_file import (
    BLOCKED,
    STATUSES,
    UNREADABLE,
    AnswerError,
)
from libra_emo.evaluation.answers.table_answers import read_table_answers
from libra_emo.evaluation.sets.set_classes import SetError
from libra_emo.schemas import VOTE_STATUSES


def write(tmp_path, text, name="gpt.csv"):
    place = tmp_path / name
    place.write_text(text, encoding="utf-8")
    return place


def test_labels_with_one_that_could_not_be_read(tmp_path):
    (found,) = read_table_answers(write(tmp_path, "clip_id,predicted\na,sad\nb,\n"))
    assert (found.model, found.modalities, found.labelled) == ("gpt", "", True)
    assert [answer.label for answer in found.answers] == ["sad", None]


def test_replies_with_statuses(tmp_path):
    text = 'ID,Response,status,finish_reason\n1,"sad; she, cries",ok,stop\n2,,safety,\n3,,empty,\n'
    (found,) = read_table_answers(write(tmp_path, text))
    assert not found.labelled
    assert found.answers[0].reply == "sad; she, cries"
    assert [answer.status for answer in found.answers] == ["answered", BLOCKED, UNREADABLE]


def test_a_table_of_several_models_is_divided(tmp_path):
    place = tmp_path / "all.parquet"
    pd.DataFrame(
        {
            "model": ["a", "a", "b"],
            "modalities": ["VA", "T", "VTA"],
            "clip_id": ["1", "1", "1"],
            "truth": ["sad"] * 3,
            "predicted": ["sad", None, "happy"],
            "p_sad": [0.75, 0.5, 0.25],
            "p_happy": [0.25, 0.5, 0.75],
        }
    ).to_parquet(place)
    found = read_table_answers(place)
    assert [(each.model, each.modalities) for each in found] == [
        ("a", "VA"), ("a", "T"), ("b", "VAT"),
    ]  # fmt: skip
    assert found[2].probabilities == {"sad": (0.25,), "happy": (0.75,)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("predicted\nsad\n", "no column with the clips' ids"),
        ("clip_id,x\n1,2\n", "no column with labels"),
        ("clip_id,predicted,status\n1,sad,odd\n", "clip 1 has the status 'odd'; known are"),
        ("clip_id,predicted,modalities\n1,sad,VX\n", "'VX' is no modality"),
        ("clip_id,predicted,p_sad\n1,sad,much\n", "a probability is no number"),
        ("clip_id,predicted,p_sad\n1,sad,1.5\n", "is not between 0 and 1"),
        ("clip_id,predicted\n,sad\n", "a row has no clip id"),
        ("clip_id,predicted\n", "there is no answer below the names of the columns"),
    ],
)
def test_wrong_tables_are_one_clear_line(tmp_path, text, message):
    with pytest.raises((AnswerError, SetError), match=message) as caught:
        read_table_answers(write(tmp_path, text))
    assert "\n" not in str(caught.value)
    assert "gpt.csv" in str(caught.value)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "head", ["clip_id{}predicted", "\ufeffclip_id{}predicted", " ID {} Label "]
)
def test_any_separator_and_names_with_spaces_are_read(tmp_path, mark, head):
    text = f"{head.format(mark)}\nc0{mark}sad\nc1{mark}\n"
    (found,) = read_table_answers(write(tmp_path, text))
    assert [(each.clip_id, each.label) for each in found.answers] == [("c0", "sad"), ("c1", None)]


def test_a_reply_with_semicolons_does_not_change_the_separator(tmp_path):
    (found,) = read_table_answers(write(tmp_path, "id,reply\nc0,sad; a; b; c\n"))
    assert found.answers[0].reply == "sad; a; b; c"


@pytest.mark.parametrize(
    ("ids", "labels"),
    [
        ([1, 2], ["sad", None]),
        ([1.0, 2.0], [b"sad", None]),
        (pd.Categorical(["1", "2"]), pd.Categorical(["sad", None])),
        (["1", "2"], pd.array(["sad", pd.NA], dtype="string")),
    ],
)
@pytest.mark.parametrize("as_index", [False, True])
def test_parquet_of_any_plain_types_is_read(tmp_path, ids, labels, as_index):
    table = pd.DataFrame({"clip_id": ids, "predicted": labels})
    table = table.set_index("clip_id") if as_index else table
    table.to_parquet(tmp_path / "a.parquet")
    (found,) = read_table_answers(tmp_path / "a.parquet")
    assert [(each.clip_id, each.label) for each in found.answers] == [("1", "sad"), ("2", None)]


@pytest.mark.parametrize("cells", [[["sad"]], [{"label": "sad"}], [b"\xff"]])
def test_cells_that_are_no_plain_values_are_one_clear_line(tmp_path, cells):
    pd.DataFrame({"clip_id": ["c0"], "predicted": cells}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(SetError, match=r"a\.parquet: column 'predicted' has") as caught:
        read_table_answers(tmp_path / "a.parquet")
    assert "\n" not in str(caught.value)


def test_the_answers_of_models_that_the_project_asked_keep_their_statuses(tmp_path):
    votes = {
        "clip_id": ["0", "1"],
        "voter": "gpt",
        "label": ["sad", None],
        "reply": "",
        "seconds": 1,
    }
    for status in VOTE_STATUSES:
        pd.DataFrame({**votes, "status": ["ok", status]}).to_parquet(tmp_path / "a.parquet")
        (found,) = read_table_answers(tmp_path / "a.parquet")
        assert found.model == "gpt" and found.answers[1].status in STATUSES
