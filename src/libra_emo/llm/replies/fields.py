"""Reading of named fields in a reply, such as `Final answer: sad` or a table's cells."""

from __future__ import annotations

import re
from typing import NamedTuple

_BEFORE = (
    r"(?:(?:the|my|our|final|primary|main|predicted|overall|dominant|most likely|best|correct"
    r"|emotion|emotional|expressed|perceived|chosen|selected|person'?s?|suitable|appropriate|fitting)\s+)*"
)
_LABEL_NAME = (
    rf"{_BEFORE}(?:answer|label|emotion|category|class|prediction|response|verdict|conclusion|state)"
    r"|最终答案|情绪标签|情感标签|情绪|情感|标签|答案|回答|结论"
)
_TEXT_NAME = (
    r"(?:the |my )?(?:explanation|reason|reasoning|rationale|description|justification|evidence)"
    r"|解释|原因|理由|说明|依据"
)
_NAMED = re.compile(
    rf"(?:\b|(?<=[㐀-鿿]))(?P<name>{_LABEL_NAME})[\"'”\]]?\s*"
    r"(?:[:：=→]|[-=]+>|(?:is|would be|should be|will be)\b\s*[:：]?"
    r"|[是为]\s*[:：]?)\s*",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"^[ \t]*(?P<name>{_LABEL_NAME})[ \t]*[:：]?[ \t]*\n\s*", re.IGNORECASE | re.MULTILINE
)
_CHOSEN = re.compile(
    r"\bI(?:['’](?:d|ll)| would| will| must| have to)?\s+"
    r"(?P<name>(?:go (?:with|for)|choose|pick|select|say|opt for|settle (?:on|for)|answer"
    r"|(?:label|classify|describe|categori[sz]e|tag) (?:it|this|that|(?:this|the) \w+) as))\s*:?\s+"
    # nothing beside the label, or its reason
    r"(?=[^\s,.;!?。；][^,.;!?。；\n]{0,40}(?:[.;!。；\n]|$|,\s*(?:because|since|as|given)\b))",
    re.IGNORECASE,
)
_WHEN_ASKED = re.compile(r"\bif I (?:had|have|were|must) to (?:choose|pick|guess|decide)\b", re.I)
_TEXT = re.compile(
    rf"(?:^|[\n;；,，.。|\[])\s*(?:and\s+)?(?P<name>{_TEXT_NAME})[\"'”\]]?\s*(?:[:：=]|\bis\b\s*[:：]?|\n)\s*",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"answer|label|verdict|conclusion|prediction|答案|标签|回答|结论", re.IGNORECASE
)
_DOUBTFUL = re.compile(
    r"\b(?:not|n't|if|whether|unless|unclear|unsure|never|could|might|may|first|initial(?:ly)?|"
    r"other|second(?:ary)?|wrong)\b|不|未|若|如果|是否",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.;!?。；！？\n]")
_RULE_ROW = re.compile(r"^\s*\|?[\s:|-]*-{2,}[\s:|-]*\|?\s*$")


class Field(NamedTuple):
    """A field that should hold a label.

    Attributes:
        text: The text from its value on, up to the end of the reply.
        strong: Whether its name says that it is the answer, and not only that it is an emotion.
        explanation: Content of the field for the explanation; None if the reply has none.
    """

    text: str
    strong: bool
    explanation: str | None


def find_fields(text: str) -> list[Field]:
    """Return the fields of a reply that should hold a label, in their order."""
    text = _with_rows_as_fields(text)
    other = next(_TEXT.finditer(text), None)
    starts = sorted({match.span(): match for match in _matches(text)}.values(), key=_start)
    fields = []
    for match in starts:
        clause = _SENTENCE_END.split(text[: match.start()])[-1]
        if _DOUBTFUL.search(_WHEN_ASKED.sub("", clause)):
            continue
        explanation = None
        if other is not None:
            later = [one.start() for one in starts if one.start() >= other.end()]
            explanation = text[other.end() : min(later, default=len(text))].strip() or None
        stop = other.start() if other is not None and other.start() >= match.end() else len(text)
        strong = bool(_STRONG.search(match["name"])) or "is" not in match.group().casefold().split()
        fields.append(Field(text[match.end() : stop], strong, explanation))
    return fields


def _matches(text: str) -> list[re.Match[str]]:
    return [*_NAMED.finditer(text), *_CHOSEN.finditer(text), *_ALONE.finditer(text)]


def _start(match: re.Match[str]) -> int:
    return match.start()


def _with_rows_as_fields(text: str) -> str:
    """Return a text with the rows of its Markdown table as lines of fields."""
    lines = text.splitlines()
    rule = next(
        (n for n, line in enumerate(lines) if n and _RULE_ROW.match(line) and "|" in line), None
    )
    if rule is None:
        return text
    names = _cells(lines[rule - 1])
    rows = [
        "\n".join(f"{name}: {cell}" for name, cell in zip(names, _cells(line), strict=False))
        for line in lines[rule + 1 :]
        if "|" in line
    ]
    return "\n".join([*lines[: rule - 1], *rows])


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
