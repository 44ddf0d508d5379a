"""Reading of JSON in a reply: objects, lists of them, and objects that are no valid JSON."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from typing import Any

LABEL_KEYS = ("emotion", "label", "answer", "情绪", "情感", "标签")
LIST_KEYS = ("emotions", "labels")
TEXT_KEYS = (
    *(
        "explanation",
        "reason",
        "reasoning",
        "rationale",
        "description",
        "justification",
        "evidence",
    ),
    *("解释", "原因", "理由", "说明"),
)
SCORE_KEYS = ("emotions", "scores", "probabilities", "labels", "predictions", "confidences")
_QUALIFIER = (
    r"(?:predicted|final|primary|main|dominant|overall|emotion|emotional|most_likely|best|the"
    r"|expressed|perceived)"
)
_LABEL_KEY = re.compile(
    rf"(?:{_QUALIFIER}[_ -]*)*"
    r"(?:emotion|label|answer|prediction|category|class|state|response|result|output)"
    r"(?:[_ -]*(?:label|name|class|category))?|情绪标签|情感标签|情绪|情感|标签|答案"
)
_QUOTE = r"[\"'“”]"
_TWO_FIELDS = re.compile(
    rf"\{{\s*{_QUOTE}?(?:{_LABEL_KEY.pattern}){_QUOTE}?\s*[:：]\s*(?P<quote>{_QUOTE}?)(?P<label>[^\"'“”{{}},:]*)"
    rf"{_QUOTE}?\s*[,，]\s*{_QUOTE}?(?:{'|'.join(TEXT_KEYS)}){_QUOTE}?\s*[:：]\s*{_QUOTE}?"
    rf"(?P<text>.*?){_QUOTE}?\s*,?\s*\}}",
    re.DOTALL | re.IGNORECASE,
)
_WITHOUT_BRACES = re.compile(
    rf"^\s*{_QUOTE}(?:{_LABEL_KEY.pattern}){_QUOTE}\s*[:：].*$", re.DOTALL | re.IGNORECASE
)
_OBJECT_BEGINS = re.compile(r"\{\s*[\"'“]?\w")
_MOST_OBJECTS = 50


class TruncatedJsonError(Exception):
    """The text begins as JSON and ends within it."""


def read_objects(text: str) -> list[Mapping[str, Any]]:
    """Return the objects that a text contains, their keys in lower case; those in lists too.

    Raises:
        TruncatedJsonError: If the text begins as an object and does not end as one.
    """
    if _WITHOUT_BRACES.match(text):
        text = "{" + text.strip().rstrip(",") + "}"
    start, end = text.find("{"), text.rfind("}")
    if start < 0:
        return []
    if end < start:
        if text[:start].strip(" [\n\t") == "" and _OBJECT_BEGINS.match(text[start:]):
            raise TruncatedJsonError
        return []
    whole = _load(text[start : end + 1])
    found = [whole] if isinstance(whole, dict) else _one_by_one(text, start)
    return [plain_keys(one) for one in found]


def plain_keys(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with its keys in lower case."""
    return {str(key).strip().casefold(): value for key, value in fields.items()}


def mend_object(broken: str) -> Mapping[str, Any] | None:
    """Return label and explanation of an object that is no valid JSON inside its texts.

    Quotation marks or line ends that a model did not escape, missing quotation marks, or a
    superfluous comma leave the two fields recognisable: first the label, then the explanation up to
    the object's end.
    """
    match = _TWO_FIELDS.search(broken)
    if match is None or len(re.findall(r"\{", broken)) > 1:
        return None
    label, text = match["label"], match["text"]
    text = text.replace('\\"', '"').replace("\\n", " ").replace("\\\\", "\\")
    return {LABEL_KEYS[0]: label.strip(), TEXT_KEYS[0]: " ".join(text.split())}


def is_label_key(key: str) -> bool:
    """Return whether a key of an object names the label."""
    return bool(_LABEL_KEY.fullmatch(key))


def _one_by_one(text: str, start: int) -> list[dict[str, Any]]:
    """Return the valid objects of a text one after the other, those in lists included."""
    decoder, found = json.JSONDecoder(), list[dict[str, Any]]()
    while 0 <= start < len(text) and len(found) < _MOST_OBJECTS:
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            found += [value] if isinstance(value, dict) else []
        start = text.find("{", end)
    return found


def _load(text: str) -> Any:
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
    return None
