"""Reading a label out of prose: only if one label stands out, and never out of a list."""

from __future__ import annotations

import re
from typing import NamedTuple

from libra_emo.llm.replies.lexicon import Lexicon, Mention
from libra_emo.llm.replies.refusals import straighten

LISTED_SHARE = 0.5
"""A text that names more than this share of the permitted labels is a list, not an answer."""
_NO_DENIAL = re.compile(
    r"\b(?:no doubt|without (?:a )?(?:doubt|question)|no question|not only|not just|not merely"
    r"|not simply"
    r"|no one could (?:miss|doubt|deny)|cannot (?:deny|hide|help|but)|can't (?:deny|hide|help|but)"
    r"|no longer able|no changes? in [^,.;]*|no mistaking|not to mention"
    r"|couldn't be (?:more|clearer)"
    r"|as if"
    r"|nothing but)\b"
    r"|不(?:满|断|禁|安|好|过|少|久|同|仅|只|但|由|得不|住|可思议|时|幸|愉快?的消息)|不止|非常|未来|无比|无疑"
    r"|无不|毫无疑问",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:no|not|never|neither|nor|none|without|lacks?|lacking|absence of|rather than|instead of|"
    r"free of|devoid of|hardly|barely|scarcely|rarely|seldom|fails? to|failed to|unlikely|"
    r"anything but|"
    r"mistaken for|less|far from|nothing|nobody|isn't|aren't|wasn't|weren't|doesn't|don't|didn't|"
    r"can't|couldn't|won't|wouldn't|shouldn't|hasn't|haven't|cannot|"
    r"unclear (?:if|whether)|not sure|"
    r"if|whether|"
    r"more \w+ than)\b"
    r"|不|没|未|无|非|难以|缺乏|毫无|否认|是否",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"^[^,.;!?，。；！？\n]{0,12}?\b(?:is|are|was|can be|could be)\s+"
    r"(?:absent|ruled out|excluded|not |lacking|missing|denied)"
    r"|^[^,.;!?，。；！？\n]{0,6}(?:不明显|未见|可以排除|并不)",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[.;!?。；！？\n]|\b(?:but|suggesting|indicating|reflecting|conveying|maintaining|showing|displaying|however"
    r"|although|though|while)\b|但|而是|，(?=十分|非常|显得|表现)",
    re.IGNORECASE,
)
_LONG_QUOTE = re.compile(
    r"[\"“](?=[^\"”]*\s[^\"”]*\s)[^\"”]*[\"”]|「[^」]*」|『[^』]*』|“[^”]*[㐀-鿿]{4}[^”]*”"
)
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


def without_long_quotes(text: str) -> str:
    """Return a text with blanks in place of its longer quotations; every place stays."""
    return _LONG_QUOTE.sub(lambda quote: " " * len(quote.group()), straighten(text))


def read_prose(text: str, lexicon: Lexicon) -> Reading:
    """Return the labels in a text; longer quotations are left out."""
    text = without_long_quotes(text)
    mentions = lexicon.mentions(text)
    affirmed = [mention for mention in mentions if not is_denied(text, mention)]
    return Reading(
        named=_labels(mentions), affirmed=_labels(affirmed), verdict=_verdict(text, affirmed)
    )


def is_denied(text: str, mention: Mention) -> bool:
    """Return whether a denial stands before a mention in the same clause, or right after it."""
    clause = _CLAUSE_END.split(straighten(text[: mention.start]))[-1]
    if _DENIAL.search(_NO_DENIAL.sub(lambda match: " " * len(match.group()), clause)):
        return True
    return bool(_DENIED_AFTER.match(straighten(text[mention.end :])))


def _labels(mentions: list[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mention.label for mention in mentions))


def _verdict(text: str, affirmed: list[Mention]) -> str | None:
    """Return the one label named in the sentences that sum up, or None."""
    labels: list[str] = []
    for start in _VERDICT.finditer(text):
        end = _SENTENCE_END.search(text, start.end())
        stop = end.start() if end else len(text)
        labels += [m.label for m in affirmed if start.end() <= m.start < stop]
    return labels[0] if len(set(labels)) == 1 else None
