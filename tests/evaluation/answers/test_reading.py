import pytest
from support.evaluation_sets import make_set

from libra_emo.evaluation.answers.answer_file import AnswerError
from libra_emo.evaluation.answers.reading import read_answers

CLIPS = make_set(["sad"])
LINE = '{"doc_id": 0, "clip_id": "c0", "target": "sad", "resps": [["sad"]]}\n'
LOG = '{"version": 2, "eval": {"model": "m"}, "samples": [{"id": "c0"}]}'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", b'{"a": 1}', "this is no file of answers; it may be CSV"),
        ("a.txt", b"sad", "this is no file of answers"),
        ("a.jsonl", b"", "the file is empty"),
        ("a.json", b"\n \n", "the file is empty"),
        ("a.json", b"\xff\xfe", "is no text in UTF-8"),
        ("samples_a.jsonl", LINE.encode("utf-16"), "is no text in UTF-8"),
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


@pytest.mark.parametrize(("name", "content"), [("samples_a.jsonl", LINE), ("log.json", LOG)])
@pytest.mark.parametrize("start", ["\ufeff", "\n\n", ""])
def test_a_mark_of_utf_8_and_empty_lines_before_are_no_fault(tmp_path, name, content, start):
    (tmp_path / name).write_text(start + content, encoding="utf-8")
    (found,) = read_answers(tmp_path / name, CLIPS)
    assert [answer.clip_id for answer in found.answers] == ["c0"]
