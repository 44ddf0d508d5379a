import json

import pytest
from support.evaluation_sets import make_set

from libra_emo.evaluation.answers.answer_file import AnswerError
from libra_emo.evaluation.answers.lmms_eval import read_lmms_eval
from libra_emo.evaluation.answers.reading import read_answers

CLIPS = make_set(["sad", "happy", "angry"])


def write(tmp_path, samples):
    place = tmp_path / "Qwen__Qwen2.5-VL" / "20261130_101010_samples_libra_emo.jsonl"
    place.parent.mkdir(exist_ok=True)
    place.write_text("".join(json.dumps(sample) + "\n" for sample in samples))
    return place


def sample(number, target, reply, **more):
    return {"doc_id": number, "target": target, "filtered_resps": [reply], "input": "?", **more}


def test_ids_in_what_the_task_logged_for_its_metric(tmp_path):
    place = write(
        tmp_path,
        [
            sample(7, "happy", "happy", accuracy={"clip_id": "c1", "score": 1}),
            sample(8, "sad", "angry", resps=[["angry; loud"]], accuracy={"clip_id": "c0"}),
        ],
    )
    (found,) = read_answers(place, CLIPS)
    assert found.model == "Qwen__Qwen2.5-VL"
    assert [(answer.clip_id, answer.reply) for answer in found.answers] == [
        ("c1", "happy"), ("c0", "angry; loud"),
    ]  # fmt: skip


def test_ids_in_the_document(tmp_path):
    place = write(tmp_path, [sample(0, "angry", "sad", doc={"video_name": "clips/c2.mp4"})])
    assert read_lmms_eval(place, CLIPS).answers[0].clip_id == "clips/c2.mp4"


def test_without_ids_the_number_counts_where_all_targets_are_the_truth(tmp_path):
    place = write(tmp_path, [sample(2, "angry", "sad"), sample(0, "sad", [["sad"]])])
    found = read_lmms_eval(place, CLIPS)
    assert [(answer.clip_id, answer.reply) for answer in found.answers] == [
        ("c2", "sad"), ("c0", "sad"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "samples",
    [
        [sample(0, "A", "B"), sample(1, "C", "C")],
        [sample(0, "sad", "sad"), sample(900, "happy", "sad")],
        [sample(0, "A", "B", id="c0"), sample(1, "C", "C", id="c1")],
    ],
)
def test_a_file_of_another_task_is_refused(tmp_path, samples):
    with pytest.raises(AnswerError, match="of another task 'libra_emo'"):
        read_lmms_eval(write(tmp_path, samples), CLIPS)


def test_lines_that_are_no_samples_are_refused(tmp_path):
    place = tmp_path / "samples_x.jsonl"
    place.write_text('{"doc_id": 0, "resps": [["sad"]]}\n{"a": 1}\n')
    with pytest.raises(AnswerError, match="line 2 is no sample"):
        read_lmms_eval(place, CLIPS)
    place.write_text('{"doc_id": 0, "resps": [["sad"]]}\n{"a": \n')
    with pytest.raises(AnswerError, match="line 2 is no JSON"):
        read_lmms_eval(place, CLIPS)
