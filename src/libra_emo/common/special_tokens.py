"""Text that stays text for a model: special tokens in it are rewritten to ordinary characters.

A chat template puts texts between the special tokens that open and end turns, and processors
replace those that stand for pictures and sound. A subtitle that contains such a token would open a
turn of its own, or promise a picture that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# DeepSeek's tokens have a full-width bar, some thinking models' tokens have triangles
_BAR, _OPEN, _CLOSE = "|\uff5c", "<\u25c1", ">\u25b7"
# the shape of most special tokens: <|im_end|>, <IMG_CONTEXT>, </s>
_TAG = re.compile(rf"[{_OPEN}](?=\S)([^{_OPEN}{_CLOSE}]*)(?<=\S)[{_CLOSE}]")
_HALF = re.compile(rf"[{_OPEN}](?=[{_BAR}])|(?<=[{_BAR}])[{_CLOSE}]")
# tokens of another shape, as the tokenizers of Llama 2, Mistral, BERT, GLM and others have them
_NAMED = re.compile(
    r"\[(?=/?(?:INST|IMG|IMG_BREAK|IMG_END|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|AVAILABLE_TOOLS|"
    r"SYSTEM_PROMPT|MODEL_SETTINGS|PREFIX|MIDDLE|SUFFIX|AUDIO|BEGIN_AUDIO|TRANSCRIBE|THINK|ARGS|"
    r"CALL_ID|REF|CLS|SEP|MASK|PAD|UNK|BOS|EOS|gMASK|sMASK)\])"
)
# formatting of subtitles, which opens no turn
_FORMATTING = re.compile(r"/?(?:b|i|u|em|br|font)(?:\s[^|]*)?/?", re.IGNORECASE)
_PASSES = 8
_SIGN = re.compile(r"[^\w\s]|_")


def neutralise_tags(text: str) -> str:
    """Return text without anything that has the shape of a model's special token.

    `<|im_end|>` becomes `(im_end)`, `<video>` `(video)`, `[INST]` `[ INST]`. Ordinary text stays as
    it is, also with single signs such as `<3` and formatting such as `<i>`. It is used where the
    model and its tokenizer are not known: for files of conversations and requests to served models.
    """
    if any(sign in text for sign in _OPEN + _CLOSE):
        changed = None
        while changed != text:  # what is inside may form a token with what is around it
            changed, text = text, _TAG.sub(_rewrite_tag, text)
        # half a token could be completed by the words of the prompt around this text
        text = _HALF.sub(lambda found: "(" if found[0] in _OPEN else ")", text)
    return _NAMED.sub("[ ", text)


def neutralise_tokens(text: str, tokens: Iterable[str]) -> str:
    """Return text in which none of some tokens occurs; their characters stay readable.

    Args:
        text: Text from a film, or a text that may quote it.
        tokens: Special tokens of a tokenizer and its processor.
    """
    wanted = sorted((token for token in tokens if token.strip()), key=len, reverse=True)
    for _ in range(_PASSES):  # a rewritten token may form another one with what is around it
        present = [token for token in wanted if token in text]
        if not present:
            return text
        for token in present:
            text = text.replace(token, _rewrite_token(token))
    return strip_signs(text)


def strip_signs(text: str) -> str:
    """Return the words of a text without any sign that a special token could consist of."""
    return " ".join(_SIGN.sub(" ", text).split())


def _rewrite_tag(found: re.Match[str]) -> str:
    if _FORMATTING.fullmatch(found[1]):
        return found[0]
    return f"({found[1].strip(_BAR)})"


def _rewrite_token(token: str) -> str:
    """Return a readable form of a token that does not contain it."""
    changed = neutralise_tags(token)
    if token not in changed:
        return changed
    spaced = " ".join("".join(token.split()))
    return spaced if token not in spaced else " "
