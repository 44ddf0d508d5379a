"""Reading a label out of prose: only if one label stands out, and never out of a list."""

from __future__ import annotations

import re
from typing import NamedTuple

from libra_emo.llm.replies.lexicon import Lexicon, Mention

LISTED_SHARE = 0.5
"""A text that names more than this share of the permitted labels is a list, not an answer."""
_DENIAL = re.compile(
    r"\b(?:no|not|never|neither|nor|without|lacks?|lacking|absence of|rather than|instead of|"
    r"free of|devoid of|isn't|aren't|doesn't|don't|didn't|can't|cannot|hardly)\b"
    r"|不是|没有|并非|而不是|毫无|不",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[.;!?。；！？\n]|\b(?:but|suggesting|indicating|reflecting|conveying|however|instead|although|"
    r"though|while)\b|但|而是",
    re.IGNORECASE,
)
_LONG_QUOTE = re.compile(r"[\"“](?=[^\"”]*\s[^\"”]*\s)[^\"”]*[\"”]")
_VERDICT = re.compile(
    r"(?:(?:overall|primary|main|dominant|predominant|final|prevailing)\s+(?:\w+\s+){0,2}"
    r"(?:emotion|mood|feeling|emotional state|impression|atmosphere|sentiment|expression)"
    r"|emotion (?:that is |being )?(?:expressed|conveyed|shown|displayed))"
    r"[^.;!?\n]{0,60}?\b(?:is|as|of|seems|appears|remains|be)\b|总体情绪|主要情绪|整体情绪",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?。！？\n]")


class Reading(NamedTuple):
    """Labels in a text of prose.

    Attributes:
        named: Labels that the text names.
        affirmed: Those of them that it does not deny.
        verdict: The one label in the sentences that sum up, or None.
    """

    named: tuple[str, ...]
    affirmed: tuple[str, ...]
    verdict: str | None

    def label(self, permitted: int) -> tuple[str | None, list[str]]:
        """Return the label that stands out, given how many are permitted, and the rules for it."""
        if not self.affirmed or len(self.named) > LISTED_SHARE * permitted:
            return None, []
        if len(self.affirmed) == 1:
            denied = ["denied_others"] if len(self.named) > 1 else []
            return self.affirmed[0], ["only_mention", *denied]
        return (self.verdict, ["verdict"]) if self.verdict else (None, [])


def read_prose(text: str, lexicon: Lexicon) -> Reading:
    """Return the labels in a text; longer quotations are left out."""
    text = _LONG_QUOTE.sub(lambda quote: " " * len(quote.group()), text)
    mentions = lexicon.mentions(text)
    affirmed = [mention for mention in mentions if not _denied(text, mention)]
    return Reading(
        named=_labels(mentions), affirmed=_labels(affirmed), verdict=_verdict(text, affirmed)
    )


def _labels(mentions: list[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mention.label for mention in mentions))


def _denied(text: str, mention: Mention) -> bool:
    """Return whether a denial stands before a mention in the same clause."""
    clause = _CLAUSE_END.split(text[: mention.start])[-1]
    return bool(_DENIAL.search(clause))


def _verdict(text: str, affirmed: list[Mention]) -> str | None:
    """Return the one label named in the sentences that sum up, or None."""
    labels: list[str] = []
    for start in _VERDICT.finditer(text):
        end = _SENTENCE_END.search(text, start.end())
        stop = end.start() if end else len(text)
        labels += [m.label for m in affirmed if start.end() <= m.start < stop]
    return labels[0] if len(set(labels)) == 1 else None
