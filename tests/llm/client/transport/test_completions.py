import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.llm.client.transport.completions import ABORTED, read_body, read_raw


def body(message: Any = None, **more: Any) -> dict[str, Any]:
    message = {"content": "sad;x"} if message is None else message
    return {"choices": [{"message": message, "finish_reason": "stop"}], **more}


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 3020}, (1000, 2020, 0)),
        ({"prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 1020}, (1000, 20, 0)),
        ({"prompt_tokens": 1000, "completion_tokens": 20}, (1000, 20, 0)),
        ({"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 3}, (10, 20, 0)),
        (
            {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "completion_tokens_details": {"reasoning_tokens": 90},
            },
            (10, 95, 0),
        ),
        ({"prompt_tokens": "1000", "completion_tokens": 20.0}, (1000, 20, 0)),
        (
            {"prompt_tokens": 9, "prompt_tokens_details": {"audio_tokens": 4}},
            (9, 0, 4),
        ),
        ({"prompt_tokens": -5, "completion_tokens": 3}, (None, None, 0)),
        ({"prompt_tokens": float("nan"), "completion_tokens": 3}, (None, None, 0)),
        ({"prompt_tokens": True}, (None, None, 0)),
        ([], (None, None, 0)),
        (None, (None, None, 0)),
    ],
)
def test_what_is_billed(usage: Any, tokens: tuple[int | None, int | None, int]) -> None:
    assert read_body(body(usage=usage))[2:5] == tokens


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ({"content": [{"type": "text", "text": "sad;"}, {"type": "text", "text": "x"}]}, "sad;x"),
        ({"content": ["sad;", "x"]}, "sad;x"),
        ({"content": {"type": "text", "text": "sad;x"}}, "sad;x"),
        ({"content": [{"type": "thinking", "text": "angry"}, {"text": "sad;x"}]}, "sad;x"),
        ({"content": []}, None),
        ({"content": None}, None),
        ({"content": "sad;\ud83d x"}, "sad;? x"),
        ("sad", None),
    ],
)
def test_the_text_in_whatever_form(message: Any, reply: str | None) -> None:
    assert read_body(body(message)).reply == reply


def test_a_refusal_in_its_own_field() -> None:
    assert read_body(body({"content": None, "refusal": "No."}))[:2] == ("No.", "refusal")


@pytest.mark.parametrize("content", [b"", b"<html>", b"{", b"[]", b"{}", b'{"choices": []}', b"1"])
def test_a_body_without_an_answer_was_aborted(content: bytes) -> None:
    assert read_raw(content).finish == ABORTED


def test_log_probabilities_of_the_first_tokens() -> None:
    token = {"token": "sad", "logprob": -0.1, "top_logprobs": [{"token": "angry", "logprob": -3}]}
    choice = {"message": {"content": "sad"}, "finish_reason": "stop"}
    whole = {"choices": [{**choice, "logprobs": {"content": [token] * 99}}]}
    kept = json.loads(read_body(whole).logprobs or "")
    assert kept == [["sad", {"sad": -0.1, "angry": -3.0}]] * 32


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "message", "content", "usage", "prompt_tokens", "logprobs"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON, JSON, JSON, JSON)
def test_no_body_raises(choices: Any, message: Any, usage: Any, logprobs: Any) -> None:
    read_body(choices)
    read_body({"choices": choices, "usage": usage})
    choice = {"message": message, "finish_reason": usage, "logprobs": logprobs}
    found = read_body({"choices": [choice], "usage": usage})
    assert found.reply is None or isinstance(found.reply, str)
