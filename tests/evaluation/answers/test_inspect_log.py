import json

import pytest
from support.evaluation_sets import make_set

from libra_emo.evaluation.answers.answer_file import FAILED, AnswerError
from libra_emo.evaluation.answers.inspect_log import read_inspect_log
from libra_emo.evaluation.answers.reading import read_answers

CLIPS = make_set(["sad", "happy"])


def log(*samples):
    return {
        "version": 2,
        "status": "success",
        "eval": {"model": "openai/gpt-4o"},
        "samples": samples,
    }


def sample(clip, text, finish="stop", **more):
    message = {"role": "assistant", "content": text}
    return {
        "id": clip,
        "epoch": 1,
        "output": {"choices": [{"message": message, "stop_reason": finish}]},
        **more,
    }


def read(tmp_path, content):
    place = tmp_path / "log.json"
    place.write_text(json.dumps(content, indent=2))
    return read_answers(place, CLIPS)


def test_replies_ends_and_errors(tmp_path):
    parts = [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "happy"}]
    (found,) = read(
        tmp_path,
        log(
            sample("c0", "sad; she cries"),
            sample("c1", parts, "model_length"),
            {"id": "c1", "epoch": 1, "output": {}, "error": {"message": "timeout"}},
        ),
    )
    assert found.model == "openai/gpt-4o"
    assert [answer.reply for answer in found.answers][:2] == ["sad; she cries", "happy"]
    assert found.answers[1].finish == "max_tokens"
    assert [answer.status for answer in found.answers] == [None, None, FAILED]


def test_logs_without_samples_and_with_several_epochs_are_refused(tmp_path):
    with pytest.raises(AnswerError, match="has no samples"):
        read(tmp_path, log())
    with pytest.raises(AnswerError, match="2 epochs"):
        read(tmp_path, log(sample("c0", "sad"), {**sample("c0", "sad"), "epoch": 2}))


@pytest.mark.parametrize("odd", [5, "sad", None, [], [5], {"choices": []}, {"choices": [None]}])
def test_a_sample_of_another_shape_has_no_reply(tmp_path, odd):
    content = {"eval": None, "version": 2, "samples": [{"id": "c0", "output": odd}]}
    (answer,) = read_inspect_log(tmp_path / "log.json", content).answers
    assert not answer.reply


@pytest.mark.parametrize("samples", [5, [5], "sad", {"id": "c0"}])
def test_samples_of_another_shape_are_refused(tmp_path, samples):
    content = {"eval": None, "version": 2, "samples": samples}
    with pytest.raises(AnswerError, match="not those that inspect writes"):
        read_inspect_log(tmp_path / "log.json", content)
