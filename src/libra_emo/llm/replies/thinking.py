"""Removal of a model's thinking, in whatever marks it is wrapped, before a reply is read."""

from __future__ import annotations

import re
from typing import NamedTuple

_NAMES = (
    r"(?:seed:|inner[_ -]?)?(?:think(?:ing)?|thoughts?|reasoning|reflection|analysis|scratch_?pad"
    r"|monologue|chain_?of_?thought|cot)"
)
_MARKS = (  # (beginning, end) of each way to wrap a name
    (rf"<\s*{_NAMES}(?:\s[^<>]*)?>", rf"<\s*/\s*{_NAMES}\s*>"),
    (rf"＜{_NAMES}＞", rf"＜/{_NAMES}＞"),
    (rf"\[\s*{_NAMES}\s*\]", rf"\[\s*/\s*{_NAMES}\s*\]"),
    (rf"◁\s*{_NAMES}\s*▷", rf"◁\s*/\s*{_NAMES}\s*▷"),
    (rf"<\|\s*{_NAMES}\s*\|>", rf"<\|\s*/\s*{_NAMES}\s*\|>"),
    (rf"<\|\s*(?:begin_of|start)_{_NAMES}\s*\|>", rf"<\|\s*end_(?:of_)?{_NAMES}\s*\|>"),
    (rf"<\|\s*{_NAMES}_(?:start|begin)\s*\|>", rf"<\|\s*{_NAMES}_end\s*\|>"),
    (r"<unused94>", r"<unused95>"),
    (rf"```\s*{_NAMES}[ \t]*(?=\n)", r"```"),
)
_FENCES = len(_MARKS) - 1
"""Position of the code fence, whose end is also the end and the beginning of other blocks."""
_CHANNEL = re.compile(r"<\|?channel\|?>\s*(\w+)", re.IGNORECASE)
_ESCAPED = re.compile(rf"&lt;(\s*/?\s*{_NAMES}\s*)&gt;", re.IGNORECASE)
_MESSAGE = re.compile(r"^[^<]*?<\|?message\|?>", re.IGNORECASE)
_CHANNEL_END = re.compile(r"<\|?(?:end|return|start|call)\|?>", re.IGNORECASE)
_LEAKED_CHANNEL = re.compile(r"^\s*analysis(?=[A-Z\s\"']).*?assistant\s*final(?=\W|\w)", re.DOTALL)
_LEAKED_START = re.compile(r"^\s*analysis(?=[A-Z][a-z' ])")


class Spoken(NamedTuple):
    """What a reply says once its thinking is taken off.

    Attributes:
        text: The rest of the reply.
        cut: Whether the reply ends within the thinking, so that nothing of it is an answer.
    """

    text: str
    cut: bool = False


def take_off_thinking(reply: str) -> Spoken:
    """Return a reply without its thinking: tags, brackets, special tokens, fences and channels.

    A block whose beginning is missing, since the server put it into the prompt, ends at its end
    mark. A block that never ends was cut short.
    """
    spoken = _without_channels(_ESCAPED.sub(r"<\1>", reply))
    for position, (start, end) in enumerate(_MARKS):
        if spoken.cut:
            break
        spoken = _without_blocks(spoken.text, start, end, fence=position == _FENCES)
    return spoken


def _without_blocks(text: str, start: str, end: str, fence: bool) -> Spoken:
    if not re.search(start if fence else f"{start}|{end}", text, re.IGNORECASE):
        return Spoken(text)
    block = re.compile(f"{start}(?:(?!{start}).)*?{end}", re.DOTALL | re.IGNORECASE)
    while (shorter := block.sub("\n", text)) != text:
        text = shorter
    if not fence:
        ends = list(re.finditer(end, text, re.IGNORECASE))
        text = text[ends[-1].end() :] if ends else text
    return Spoken(text, cut=bool(re.search(start, text, re.IGNORECASE)))


def _without_channels(text: str) -> Spoken:
    """Return the final channel of a reply in channels; one without it was cut short."""
    channels = list(_CHANNEL.finditer(text))
    if not channels:
        leaked = _LEAKED_CHANNEL.sub("", text, count=1)
        if leaked != text:
            return Spoken(leaked)
        return Spoken(text, cut=bool(_LEAKED_START.match(text)))
    final = [channel for channel in channels if channel[1].casefold() == "final"]
    if not final:
        return Spoken("", cut=True)
    rest = _MESSAGE.sub("", text[final[-1].end() :], count=1)
    stop = _CHANNEL_END.search(rest)
    return Spoken(rest[: stop.start()] if stop else rest)
