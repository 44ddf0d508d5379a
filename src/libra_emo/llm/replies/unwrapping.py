"""Removal of what models wrap around an answer, such as Markdown or quotes: one rule for each."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Mapping

_ANSWER = re.compile(
    r"<(?:final_)?(?:answer|output|response)>(.*?)</(?:final_)?(?:answer|output|response)>",
    re.DOTALL | re.IGNORECASE,
)
_BOX = re.compile(r"<\|begin_of_box\|>(.*?)<\|end_of_box\|>", re.DOTALL)
_BOXED = re.compile(r"\$*\\boxed\{(?:\\text\w*\{)?([^{}]*)\}?\}\$*")
_NAMED_TAG = re.compile(
    r"<(label|emotion|explanation|reason)>(.*?)</\1>", re.DOTALL | re.IGNORECASE
)
_TAGS = re.compile(
    r"</?(?:answer|output|response|label|emotion|explanation|reason|s|b|i|p|br|strong|em|final)\s*/?>"
    r"|<\|[\w./ -]{1,40}\|>|</?(?:end_of_turn|start_of_turn|eos|bos|pad)>|\[/?INST\]",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^\s*```[\w-]*[ \t]*\n?(.*?)\n?\s*```\s*$", re.DOTALL)
_MARKDOWN = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]+|[-*+•][ \t]+|\d{1,2}[.)][ \t]+)|[*`]{1,3}"
    r"|(?<![A-Za-z0-9])_{1,3}|_{1,3}(?![A-Za-z0-9])",
    re.M,
)
_STRUCK_OUT = re.compile(r"~~[^~\n]+~~|<(del|strike)>.*?</\1>", re.IGNORECASE)
_INVISIBLE = re.compile(
    r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff\ud800-\udfff]"
)
_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
_PREFIX = re.compile(
    r"^\s*(?:(?:the|my|final|primary|main|predicted|overall|dominant|most likely|emotional?|"
    r"person'?s?)\s+)*(?:answer|label|emotion|state|category|prediction|response)\s*(?:[:=：]|\bis\b\s*[:：]?)\s*"
    r"|^\s*(?:情绪标签|情感标签|最终答案|情绪|情感|标签|答案|回答)\s*(?:[:=：]|[是为]\s*[:：]?)\s*",
    re.IGNORECASE,
)
_PAIRS = {
    "[": "]",
    "(": ")",
    "{": "}",
    "<": ">",
    "【": "】",
    "（": "）",
    "「": "」",
    "［": "］",
    "《": "》",
}
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "„": "“", "«": "»", "『": "』"}
_TEXT_PREFIX = re.compile(
    r"^\W*(?:explanation|reason|reasoning|rationale|description|解释|原因|理由)\s*[:：]\s*",
    re.IGNORECASE,
)
_END = re.compile(r"[\s.!。！,，:：;；]+$")


def unwrap(text: str) -> tuple[str, list[str]]:
    """Return an answer without tags, code fences, Markdown and invisible characters.

    Returns:
        The text, and the rules that changed it.
    """
    rules: list[str] = []
    for name, rule in _STEPS:
        changed = rule(text)
        if changed != text:
            rules.append(name)
        text = changed
    return text.strip(), rules


def unwrap_label(text: str) -> tuple[str, list[str]]:
    """Return a possible label without brackets, quotes, `label:` and final punctuation.

    Returns:
        The text, and the rules that changed it, in their order.
    """
    rules: list[str] = []
    while True:
        before = text
        for name, rule in _LABEL_STEPS:
            changed = rule(text)
            if changed != text and name not in rules:
                rules.append(name)
            text = changed
        if text == before:
            return text, rules


def unwrap_prefix(text: str) -> str:
    """Return an answer without `label:` or the like before it."""
    return _PREFIX.sub("", text)


def unwrap_text(text: str) -> str:
    """Return an explanation without `Explanation:` before it and without brackets around it."""
    return _TEXT_PREFIX.sub("", _strip_pairs(_PAIRS)(text)).strip()


def _unfence(text: str) -> str:
    match = _FENCE.match(text)
    return match.group(1) if match else text


def _open_answer(text: str) -> str:
    """Return the last answer that stands between tags or in a box, with tags of fields as names."""
    for pattern in (_ANSWER, _BOX, _BOXED):
        found = pattern.findall(text)
        if found and len({answer.strip().casefold() for answer in found}) == 1:
            text = found[-1]
    text = _NAMED_TAG.sub(lambda tag: f"\n{tag[1]}: {tag[2].strip()}\n", text)
    return _TAGS.sub("", text)


def _strip_pairs(pairs: Mapping[str, str]) -> Callable[[str], str]:
    def strip(text: str) -> str:
        text = text.strip()
        while len(text) >= 2 and pairs.get(text[0]) == text[-1]:
            text = text[1:-1].strip()
        return text

    return strip


def _normal_width(text: str) -> str:
    """Return full-width letters as plain ones; punctuation stays, since it separates."""
    return "".join(
        unicodedata.normalize("NFKC", sign) if "０" <= sign <= "ｚ" and sign.isalnum() else sign
        for sign in text
    )


def _without_pictures(text: str) -> str:
    """Return a label without emoji and other symbols around it."""
    return "".join(sign for sign in text if unicodedata.category(sign) not in ("So", "Sk", "Cs"))


_STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("line_ends", lambda text: _LINE_ENDS.sub("\n", text)),
    ("entities", lambda text: html.unescape(text).replace("\u00a0", " ")),
    ("invisible", lambda text: _INVISIBLE.sub("", text)),
    ("width", _normal_width),
    ("struck_out", lambda text: _STRUCK_OUT.sub("", text)),
    ("tags", _open_answer),
    ("markdown", lambda text: _MARKDOWN.sub("", _unfence(text))),
)
_LABEL_STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("spaces", lambda text: " ".join(text.split())),
    ("pictures", _without_pictures),
    ("brackets", _strip_pairs(_PAIRS)),
    ("quotes", _strip_pairs(_QUOTES)),
    ("prefix", lambda text: _PREFIX.sub("", text)),
    ("punctuation", lambda text: _END.sub("", text)),
)
