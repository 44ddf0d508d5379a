import json
import math

import pytest

from libra_emo.llm.replies.soft_labels import label_probabilities

LABELS = ("sad", "surprised", "angry", "happy")


def logprobs(*tokens: tuple[str, dict[str, float]]) -> str:
    return json.dumps(
        [[text, {t: math.log(p) for t, p in known.items()}] for text, known in tokens]
    )


def test_each_alternative_counts_for_the_label_that_it_begins() -> None:
    given = logprobs(
        ('{"emotion": "', {'{"emotion": "': 1.0}),
        ("sad", {"sad": 0.7, "angry": 0.2, "happy": 0.1}),
        ('"', {'"': 1.0}),
    )
    assert label_probabilities(given, "sad", LABELS) == pytest.approx(
        {"sad": 0.7, "surprised": 0.0, "angry": 0.2, "happy": 0.1}
    )


def test_labels_of_several_tokens_and_quotes_within_a_token() -> None:
    given = logprobs(
        (' "sur', {' "sur': 0.6, ' "sad': 0.3, ' "an': 0.1}),
        ("prised", {"prised": 1.0}),
    )
    found = label_probabilities(given, "surprised", LABELS)
    assert found == pytest.approx({"surprised": 0.6, "sad": 0.3, "angry": 0.1, "happy": 0.0})


def test_what_another_answer_takes_is_left_out() -> None:
    given = logprobs(("sad", {"sad": 0.5, "cannot": 0.5}))
    found = label_probabilities(given, "sad", LABELS, ("cannot_tell",))
    assert found == pytest.approx({"sad": 1.0, "surprised": 0.0, "angry": 0.0, "happy": 0.0})


@pytest.mark.parametrize("given", [None, "", "[]", "{", "[1]", '[["x", {}]]'])
def test_without_the_label_there_are_none(given: str | None) -> None:
    assert label_probabilities(given, "sad", LABELS) is None
