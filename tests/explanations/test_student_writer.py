"""What becomes of the texts that a student wrote."""

from typing import NamedTuple

import pytest

from libra_emo.explanations.model_writer import LabelledClip
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.explanations.student_writer import check_answers
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
WRITER = {"name": "mine", "kind": "student", "path": "model"}
PLAIN = "The brows are drawn together and the mouth is pressed into a thin line."
REQUEST = "Answer on two lines: the emotion alone on the first, a short explanation on the second."


class Answer(NamedTuple):
    text: str
    finish: str = "stop"


def check(*answers, **more):
    clips = [LabelledClip(f"c{number}", "angry", "Get out") for number in range(len(answers))]
    options = ExplanationOptions.model_validate({"writer": WRITER, **more})
    return check_answers(clips, answers, REQUEST, TAXONOMY, options)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Answer(f"angry\n{PLAIN}"), "ok"),
        (Answer(f"angry\n{PLAIN}", "length"), "truncated"),
        (Answer("angry\n"), "empty"),
        (Answer("angry\nFists."), "too_short"),
        (Answer("angry\nHer eyes are wet and low is her voice; she is deeply sad."), "other_label"),
        (Answer(f"angry\n{PLAIN} {REQUEST}"), "mentions_request"),
    ],
)
def test_a_text_is_checked_and_its_answer_kept(answer, status):
    found = check(answer)
    assert found.explanations["status"].tolist() == [status]
    assert found.explanations["writer"].tolist() == ["mine"]
    assert found.attempts["reply"].tolist() == [answer.text]
    assert found.attempts["cost_usd"].isna().all()


def test_a_text_that_too_many_clips_have_is_marked():
    found = check(*[Answer(f"angry\n{PLAIN}")] * 3)
    assert set(found.explanations["status"]) == {"repeated"}
    assert set(check(*[Answer(f"angry\n{PLAIN}")] * 2).explanations["status"]) == {"ok"}


def test_no_clips_are_no_texts():
    assert check().explanations.empty
