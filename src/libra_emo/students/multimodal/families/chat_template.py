"""What a chat template adds to a conversation of its own accord, such as a system prompt."""

from __future__ import annotations

import re
from typing import Any

from libra_emo.students.multimodal.families.pieces import render

_MARK = "Question{}"
_SIGN = re.compile(r"<[^<>\s]*>|\[/?[A-Z_]+\]")  # special tokens, also those that are plain text
_PIECE = re.compile(rf"{_SIGN.pattern}|(?:(?!{_SIGN.pattern})\S)+")
_ROLES = re.compile(r"^\s*(?:system|human|user|assistant)\s*:?\s*", re.IGNORECASE)


def find_added_text(processor: Any) -> str:
    """Return the words that a chat template writes before the first turn; empty if it writes none.

    The beginning of a conversation is compared with the beginning of a later turn of the user, so
    what opens every turn is no added text.

    Args:
        processor: Processor with the chat template.
    """
    marks = [_MARK.format(number) for number in range(2)]
    first, second = ({"role": "user", "content": _content(mark)} for mark in marks)
    answer = {"role": "assistant", "content": _content("Answer")}
    text = render(processor, [first, answer, second])
    begin = _PIECE.findall(text.partition(marks[0])[0])
    between = _PIECE.findall(text.partition("Answer")[2].partition(marks[1])[0])
    while begin and between and begin[-1] == between[-1]:  # what opens every turn
        begin, between = begin[:-1], between[:-1]
    words = [piece for piece in begin if not _SIGN.fullmatch(piece)]
    return _ROLES.sub("", " ".join(words))


def _content(text: str) -> list[dict[str, str]]:
    return [{"type": "text", "text": text}]
