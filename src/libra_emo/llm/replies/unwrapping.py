"""Removal of what models wrap around an answer, such as Markdown or quotes: one rule for each."""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

_THINKING = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_TAGS = re.compile(r"</?(answer|output|response|label|emotion)>", re.IGNORECASE)
_FENCE = re.compile(r"^\s*```[\w-]*[ \t]*\n?(.*?)\n?\s*```\s*$", re.DOTALL)
_MARKDOWN = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]+|[-*+•][ \t]+|\d{1,2}[.)][ \t]+)|[*_`]{1,3}", re.M
)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_PREFIX = re.compile(
    r"^\s*(?:(?:the|my|final|primary|main|predicted|overall|dominant|most likely|emotional?|"
    r"person'?s?)\s+)*(?:answer|label|emotion|state|category|prediction|response)\s*(?:[:=：]|\bis\b\s*[:：]?)\s*"
    r"|^\s*(?:情绪|情感|标签|答案|回答|最终答案|情感标签|情绪标签)\s*(?:[:=：]|是|为)\s*",
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

LABEL_KEYS = ("emotion", "label", "answer", "情绪", "情感", "标签")
TEXT_KEYS = (
    "explanation",
    "reason",
    "reasoning",
    "rationale",
    "description",
    "解释",
    "原因",
    "理由",
)


_TWO_FIELDS = re.compile(
    r"\{\s*[\"'“”]?(?:" + "|".join(LABEL_KEYS) + r")[\"'“”]?\s*[:：]\s*[\"'“](?P<label>[^\"'“”{}]*)"
    r"[\"'”]\s*[,，]?\s*[\"'“”]?(?:" + "|".join(TEXT_KEYS) + r")[\"'“”]?\s*[:：]\s*[\"'“]"
    r"(?P<text>.*)[\"'”]\s*,?\s*\}",
    re.DOTALL | re.IGNORECASE,
)


class TruncatedJsonError(Exception):
    """The text begins as JSON and ends within it."""


def unwrap(text: str) -> tuple[str, list[str]]:
    """Return an answer without thinking, tags, code fences, Markdown and invisible characters.

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


def read_json(text: str) -> Mapping[str, Any] | None:
    """Return the object that a text contains, its keys in lower case; None if there is none.

    Raises:
        TruncatedJsonError: If the text begins as an object and does not end as one.
    """
    start, end = text.find("{"), text.rfind("}")
    if start < 0:
        return None
    if end < start:
        if text[:start].strip(" [\n\t") == "" and re.match(r"\{\s*[\"'“]?\w", text[start:]):
            raise TruncatedJsonError
        return None
    found = _load(text[start : end + 1])
    if not isinstance(found, dict):
        return None
    return {str(key).strip().casefold(): value for key, value in found.items()}


def mend_json(broken: str) -> Mapping[str, Any] | None:
    """Return label and explanation of an object that is no valid JSON inside its texts.

    Quotation marks or line ends that a model did not escape, or a superfluous comma, leave the two
    fields recognisable: first the label, then the explanation up to the object's end.
    """
    match = _TWO_FIELDS.search(broken)
    if match is None:
        return None
    label, text = match["label"], match["text"]
    text = text.replace('\\"', '"').replace("\\n", " ").replace("\\\\", "\\")
    return {LABEL_KEYS[0]: label, TEXT_KEYS[0]: " ".join(text.split())}


def _load(text: str) -> Any:
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
    return None


def _unfence(text: str) -> str:
    match = _FENCE.match(text)
    return match.group(1) if match else text


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


_STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("invisible", lambda text: _INVISIBLE.sub("", text)),
    ("width", _normal_width),
    ("thinking", lambda text: _THINKING.sub("", text)),
    ("tags", lambda text: _TAGS.sub("", text)),
    ("markdown", lambda text: _MARKDOWN.sub("", _unfence(text))),
)
_LABEL_STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("spaces", lambda text: " ".join(text.split())),
    ("brackets", _strip_pairs(_PAIRS)),
    ("quotes", _strip_pairs(_QUOTES)),
    ("prefix", lambda text: _PREFIX.sub("", text)),
    ("punctuation", lambda text: _END.sub("", text)),
)
