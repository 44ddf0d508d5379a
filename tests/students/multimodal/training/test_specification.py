import pytest

from libra_emo.common.files import read_lines, write_json
from libra_emo.students import StudentError
from libra_emo.students.multimodal.training.measurements import Recorder, Stopwatch
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


def test_lines_after_the_checkpoint_are_cut_and_a_torn_one_is_passed_over(tmp_path):
    path = tmp_path / "lines.jsonl"
    first = Recorder(path, 0)
    for step in (1, 2, 3):
        first.write("training", step, {"loss": 1.0 / step})
    with path.open("a") as file:
        file.write('{"kind": "trai')
    assert [line["step"] for line in read_lines(path)] == [1, 2, 3]
    Recorder(path, 2).write("training", 3, {"loss": 0.5})
    assert [line["loss"] for line in read_lines(path)] == [1.0, 0.5, 0.5]


def test_a_result_counts_once_it_is_whole(tmp_path):
    assert read_result(tmp_path) is None
    (tmp_path / "result.json").write_text('{"steps": ')
    assert read_result(tmp_path) is None
    write_json(tmp_path / "result.json", {"steps": 3})
    assert read_result(tmp_path) == {"steps": 3}


def test_a_stopwatch_tells_shares_and_begins_anew():
    watch = Stopwatch()
    watch.add(waited_s=0.0, clips=4, tokens=400)
    told = watch.read()
    assert told["tokens_per_clip"] == 100 and told["data_wait_share"] == 0
    assert told["clips_per_second"] > 0
    assert watch.read()["clips_per_second"] == 0
