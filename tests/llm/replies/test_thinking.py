import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.llm.replies.thinking import take_off_thinking

NAMES = ("think", "thinking", "thought", "Thoughts", "REASONING", "reflection", "seed:think")
WRAPPINGS = [
    *((f"<{name}>", f"</{name}>") for name in NAMES),
    *((f"[{name}]", f"[/{name}]") for name in NAMES),
    *((f"◁{name}▷", f"◁/{name}▷") for name in NAMES),
    ("<think id='1'>", "</think>"),
    ("< think >", "</ think >"),
    ("&lt;think&gt;", "&lt;/think&gt;"),
    ("<|thinking|>", "<|/thinking|>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ("```thinking\n", "\n```\n"),
]


@pytest.mark.parametrize(("start", "end"), WRAPPINGS)
def test_thinking_is_taken_off_in_any_wrapping(start: str, end: str) -> None:
    assert take_off_thinking(f"{start}angry;I guess{end}sad;He cries.").text.strip() == (
        "sad;He cries."
    )
    cut = take_off_thinking(f"{start}angry;I guess")
    assert cut.cut


@pytest.mark.parametrize(("start", "end"), [w for w in WRAPPINGS[:-2] if "channel" not in w[0]])
def test_a_missing_beginning_does_not_matter(start: str, end: str) -> None:
    spoken = take_off_thinking(f"angry;I guess{end}\n\nsad;He cries.")
    assert (spoken.text.strip(), spoken.cut) == ("sad;He cries.", False)


def test_blocks_within_blocks_and_several_of_them() -> None:
    text = "<think>a <think>b</think> angry</think>sad;He <think>hm</think>cries."
    assert "".join(take_off_thinking(text).text.split()) == "sad;Hecries."


def test_channels_without_their_tokens() -> None:
    assert take_off_thinking("analysisHe shouts.assistantfinalsad;He cries.").text == (
        "sad;He cries."
    )
    assert take_off_thinking("analysisHe shouts and").cut
    assert take_off_thinking("<|channel|>final<|message|>sad<|return|>").text == "sad"


@given(st.text(alphabet=st.characters(exclude_characters="<>[]◁▷`&"), max_size=80))
def test_a_text_without_marks_stays_as_it_is(text: str) -> None:
    if not text.startswith("analysis"):
        assert take_off_thinking(text) == (text, False)
