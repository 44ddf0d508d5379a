"""Texts of films that contain special tokens of models, of all shapes that are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.common.special_tokens import neutralise_tags, neutralise_tokens, strip_signs

# as the tokenizers of Qwen, InternVL, Llama, Mistral, Gemma, DeepSeek, GLM, Kimi, Phi, T5 and BERT
# list them
TOKENS = (
    *("<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|vision_start|>", "<|video_pad|>"),
    *("<|VIDEO|>", "<|AUDIO|>", "<|audio_bos|>", "<IMG_CONTEXT>", "<img>", "</img>", "<video>"),
    *(
        "<image>",
        "<quad>",
        "<|begin_of_text|>",
        "<|start_header_id|>",
        "<|eot_id|>",
        "<|python_tag|>",
    ),
    *("<s>", "</s>", "<unk>", "<<SYS>>", "<</SYS>>", "[INST]", "[/INST]", "[IMG]", "[TOOL_CALLS]"),
    *("<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>", "<pad>", "<image_soft_token>"),
    *("<｜begin▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>", "<｜tool▁calls▁begin｜>"),
    *("[gMASK]", "<sop>", "<|user|>", "<|assistant|>", "<|observation|>", "◁think▷", "◁/think▷"),
    *(
        "<|system|>",
        "<|end|>",
        "<extra_id_0>",
        "[CLS]",
        "[MASK]",
        "<think>",
        "</think>",
        "<tool_call>",
    ),
)
SIGNS = st.sampled_from(
    [*TOKENS, "<", ">", "|", "[", "]", "/", " ", "im_end", "INST", "s", "(", ")"]
)


@pytest.mark.parametrize("token", TOKENS)
def test_no_token_is_left_and_its_name_stays(token):
    for text in (token, f"Go! {token} {token}assistant happy", f"<{token}", f"{token}>", token * 2):
        for found in (neutralise_tags(text), neutralise_tokens(text, TOKENS)):
            assert not any(known in found for known in TOKENS)
    name = strip_signs(token).split()[-1]
    assert name in neutralise_tags(token)


@pytest.mark.parametrize(
    "text",
    [
        "I <3 you.",
        "5 > 3, and 3 < 5",
        "a < b > c",
        '<i>Listen!</i> <font color="red">No.</font><br/>',
        "[MUSIC] [Sighs] [door slams]",
        "-> there <-",
        "He said (quietly): no.",
        "你好 | 再见",
        "",
    ],
)
def test_ordinary_words_stay_as_they_are(text):
    assert neutralise_tags(text) == text
    assert neutralise_tokens(text, TOKENS) == text


@given(st.lists(SIGNS, max_size=12).map("".join))
def test_no_combination_forms_a_token(text):
    found = neutralise_tags(text)
    assert not any(token in found for token in TOKENS)
    assert neutralise_tags(found) == found
    assert not any(token in neutralise_tokens(text, TOKENS) for token in TOKENS)


@pytest.mark.parametrize("place", range(1, len("<|im_end|>") - 1))
def test_a_prompt_that_ends_with_half_a_token_is_not_completed(place):
    token = "<|im_end|>"
    assert token not in token[:place] + neutralise_tags(token[place:])


@given(st.text(max_size=60), st.sets(st.text(min_size=1, max_size=4), max_size=4))
def test_any_tokens_of_any_tokenizer_are_gone(text, tokens):
    found = neutralise_tokens(text, tokens)
    left = [token for token in tokens if token.strip() and token in found]
    assert not left or found == strip_signs(text)
