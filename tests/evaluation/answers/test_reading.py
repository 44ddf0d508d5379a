import pytest
from support.evaluation_sets import make_set

from libra_emo.evaluation.answers.answer_file import AnswerError
from libra_emo.evaluation.answers.reading import read_answers

CLIPS = make_set(["sad"])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", b'{"a": 1}', "this is no file of answers; it may be CSV"),
        ("a.txt", b"sad", "this is no file of answers"),
        ("a.jsonl", b"", "this is no file of answers"),
        ("a.json", b"\xff\xfe", "this is no file of answers"),
        ("a.eval", b"PK", "inspect log convert"),
    ],
)
def test_other_files_are_refused_in_one_line(tmp_path, name, content, message):
    place = tmp_path / name
    place.write_bytes(content)
    with pytest.raises(AnswerError, match=message) as caught:
        read_answers(place, CLIPS)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(AnswerError, match="cannot be read"):
        read_answers(tmp_path / "a.json", CLIPS)
