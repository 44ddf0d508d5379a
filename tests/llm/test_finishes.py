import pytest

from libra_emo.llm.finishes import was_aborted, was_blocked, was_cut


@pytest.mark.parametrize(
    "finish",
    [
        *("content_filter", "SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "RECITATION"),
        *("IMAGE_SAFETY", "guardrail_intervened", "sensitive", "content-filtered", "refusal"),
    ],
)
def test_each_name_of_moderation_is_known(finish: str) -> None:
    assert was_blocked(finish) and not was_cut(finish) and not was_aborted(finish)


@pytest.mark.parametrize("finish", ["length", "MAX_TOKENS", "max_tokens", "model_length"])
def test_each_name_of_a_cut_is_known(finish: str) -> None:
    assert was_cut(finish) and not was_blocked(finish)


@pytest.mark.parametrize("finish", ["abort", "error", "cancelled", "insufficient_system_resource"])
def test_each_name_of_a_given_up_reply_is_known(finish: str) -> None:
    assert was_aborted(finish) and not was_blocked(finish) and not was_cut(finish)


@pytest.mark.parametrize("finish", [None, "", "stop", "end_turn", "STOP", "tool_calls", "eos"])
def test_an_ordinary_end_is_none_of_them(finish: str | None) -> None:
    assert not (was_aborted(finish) or was_blocked(finish) or was_cut(finish))
