"""Reading of scores and checklists, such as `Angry: 10 %, Sad: 85 %` or `Happy: no / Sad: yes`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from libra_emo.llm.replies.labels import SEVERAL, FoundLabel, LabelFinder

_WORDS: Mapping[str, float] = {
    **dict.fromkeys(("no", "false", "absent", "none", "not present", "✗", "✘", "❌", "x"), 0.0),
    **dict.fromkeys(("否", "无", "没有", "不是", "不", "假"), 0.0),
    **dict.fromkeys(("yes", "true", "present", "✓", "✔", "✅", "是", "有", "真"), 1.0),
    **{"very low": 0.1, "low": 0.2, "weak": 0.2, "slight": 0.25, "mild": 0.3, "minimal": 0.1},
    **{"moderate": 0.5, "medium": 0.5, "mid": 0.5, "strong": 0.8, "high": 0.8, "very high": 0.95},
    **{"低": 0.2, "弱": 0.2, "中": 0.5, "中等": 0.5, "高": 0.8, "强": 0.8},
}
_VALUE = (
    r"(?P<value>[-+]?(?:\d+(?:[.,]\d+)?|\.\d+)\s*(?:%|％|percent|(?:/|out of)\s*\d+|分)?"
    + "|"
    + "|".join(re.escape(word) for word in sorted(_WORDS, key=len, reverse=True))
    + r")"
)
_PAIR = re.compile(
    rf"(?P<name>[^\n:：=,，;；/|.。]{{1,40}}?)\s*(?:[:：=|]|\s[-–—]+>?|(?=[(（]))\s*[(（]?\s*{_VALUE}\s*[)）]?"
    r"(?=\s*(?:[,，;；.。!\n/|]|$))",
    re.IGNORECASE,
)
_TICKED = ("☑", "✅", "✔", "✓", "[x]", "[X]", "[✓]")
_TICK = re.compile(r"[☐☑✅✔✓✗✘❌⬜]|\[[ xX✓]?\]")
_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*\|\s*:?-{2,}:?\s*\|?")
_BETWEEN = re.compile(r"[\s,，;；.。/|!、]*")
_PERCENT = re.compile(r"%|％|percent")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d+)?|\.\d+)")
_HEADING = re.compile(r"^[^\n:：]{0,60}[:：]\s*\n")


def read_scores(text: str, finder: LabelFinder) -> FoundLabel | None:
    """Return the label with the highest score in a text that is nothing but scores.

    Returns:
        The label; `SEVERAL` if two share the first place, none has a score above 0, or the only one
        is below a half; None if the text is something else.
    """
    ticked = _read_ticks(text, finder)
    if ticked is not None:
        return ticked
    scores: dict[str, float] = {}
    rest = _HEADING.sub("", _without_table(text), count=1)
    while rest := rest[_end(_BETWEEN, rest) :]:
        pair = _PAIR.match(rest)
        found = finder.find(pair["name"]) if pair else None
        if pair is None or found is None or found.label is None:
            return None
        value = _value(pair["value"])
        if found.label in scores and scores[found.label] != value:
            return SEVERAL
        scores[found.label] = value
        rest = rest[pair.end() :]
    least = 50.0 if _PERCENT.search(text) else 0.5
    if len(scores) == 1 and max(scores.values()) < least:
        return SEVERAL  # something else is likelier
    return _best(scores)


def _read_ticks(text: str, finder: LabelFinder) -> FoundLabel | None:
    """Return the label that is ticked in a list of boxes, `SEVERAL` for several or none."""
    ticks = list(_TICK.finditer(text))
    if len(ticks) < 2 or text[: ticks[0].start()].strip(" -*•\n"):
        return None
    ends = [*(tick.start() for tick in ticks[1:]), len(text)]
    names = [text[t.end() : end].strip(" ,;|/-*•\n") for t, end in zip(ticks, ends, strict=True)]
    found = [finder.find(name) for name in names]
    if any(one is None or one.label is None for one in found):
        return None
    yes = {one.label for one, tick in zip(found, ticks, strict=True) if one and tick[0] in _TICKED}
    return FoundLabel(yes.pop(), ("scores",)) if len(yes) == 1 else SEVERAL


def _without_table(text: str) -> str:
    """Return the rows of a Markdown table of two columns as lines; other texts stay as they are."""
    lines = text.strip().splitlines()
    if len(lines) < 3 or not _RULE.fullmatch(lines[1].strip()):
        return text
    return "\n".join(line.strip().strip("|").strip() for line in lines[2:])


def read_score_object(fields: Mapping[str, Any], finder: LabelFinder) -> FoundLabel | None:
    """Return the label with the highest score in an object of labels and numbers, else None."""
    scores: dict[str, float] = {}
    for name, value in fields.items():
        if isinstance(value, Mapping):
            return read_score_object(value, finder) if len(fields) == 1 else None
        found = finder.find(str(name))
        number = _number(value)
        if found is None or found.label is None or number is None:
            return None
        scores[found.label] = max(number, scores.get(found.label, number))
    return _best(scores)


def _number(value: Any) -> float | None:
    if isinstance(value, (bool, int, float)):
        return float(value)
    if isinstance(value, str) and re.fullmatch(_VALUE, value.strip(), re.IGNORECASE):
        return _value(value)
    return None


def _best(scores: Mapping[str, float]) -> FoundLabel | None:
    if not scores:
        return None
    first = max(scores.values())
    best = [label for label, score in scores.items() if score == first]
    return FoundLabel(best[0], ("scores",)) if len(best) == 1 and first > 0 else SEVERAL


def _value(text: str) -> float:
    """Return a score; those of one text have one scale, so no scale is brought to another."""
    plain = " ".join(text.casefold().split())
    if plain in _WORDS:
        return _WORDS[plain]
    number = _NUMBER.match(plain)
    return float(number.group().replace(",", ".")) if number else 0.0


def _end(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0
