import pytest

from libra_emo.common.files import write_json
from libra_emo.students import StudentError
from libra_emo.students.multimodal.training.specification import (
    Specification,
    digest_training,
    read_result,
    read_specification,
)


def specification(**changed):
    given = {"multimodal": {"frames": 4}, "labels": ["sad"], "taxonomy": ["sad", "happy"]}
    given |= {"shards": "/clips", "seed": 7, "batch": {"processes": 1}}
    return Specification(**{**given, **changed})


def test_what_is_written_is_read_again(tmp_path):
    write_json(tmp_path / "x.json", specification().model_dump(mode="json"))
    assert read_specification(tmp_path / "x.json") == specification()


@pytest.mark.parametrize("text", ["{}", "{", '{"version": 9}'])
def test_a_file_that_is_none_is_an_error(tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(StudentError, match="specification"):
        read_specification(tmp_path / "x.json")


def test_the_digest_follows_what_shapes_the_weights_and_not_where_clips_lie():
    same = digest_training(specification(), [{"clip_id": "a"}])
    assert digest_training(specification(shards="/elsewhere"), [{"clip_id": "a"}]) == same
    assert digest_training(specification(seed=8), [{"clip_id": "a"}]) != same
    assert digest_training(specification(), [{"clip_id": "b"}]) != same
    assert digest_training(specification(), [], [{"clip_id": "a"}]) != same


def test_a_result_counts_once_it_is_whole(tmp_path):
    assert read_result(tmp_path) is None
    (tmp_path / "result.json").write_text('{"steps": ')
    assert read_result(tmp_path) is None
    write_json(tmp_path / "result.json", {"steps": 3})
    assert read_result(tmp_path) == {"steps": 3}
