"""Checks that a model's reply must pass before its text may stand beside a label."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from libra_emo.explanations.options import ExplanationOptions
from libra_emo.explanations.text_language import (
    is_in_language,
    quotations,
    request_phrases,
    without_quotations,
)
from libra_emo.llm.replies.lexicon import CHINESE, Lexicon
from libra_emo.llm.replies.prose import LISTED_SHARE, read_prose
from libra_emo.llm.replies.reader import Reply, ReplyReader
from libra_emo.llm.replies.refusals import is_refusal
from libra_emo.schemas import COUNTED_STATUSES

REPEATED = "repeated"
SHORTEST_QUOTE = 4
"""Number of words from which on a quotation counts as a quotation of the subtitle."""
ECHO_WORDS = 8
ECHO_SIGNS = 14
_SENTENCE_END = re.compile(r"[.!?;。！？；\n]+")
_TOKEN = re.compile(r"[㐀-鿿]|[^\W_]+")


class Fault(NamedTuple):
    """A failed check, and what was found in the text."""

    check: str
    found: str = ""


class CheckedReply(NamedTuple):
    """A reply and the result of its checks.

    Attributes:
        status: `ok` or `repaired`, a status of a reply that cannot be read, or the first check
            that the text fails.
        text: The explanation, if there is one.
        faults: Every check that it fails.
        reply: Reading of the reply.
    """

    status: str
    text: str | None
    faults: tuple[Fault, ...]
    reply: Reply

    @property
    def passed(self) -> bool:
        """Whether the text may stand beside its label."""
        return self.status in COUNTED_STATUSES


class ReplyChecker:
    """Checks the replies that a model gave as explanations.

    - A reply's own status: `ambiguous`, `out_of_taxonomy`, `refused`, `empty`, `truncated`.
    - `wrong_emotion`: it explains another emotion than the one asked for.
    - `empty`, `too_short`, `too_long`: its length.
    - `wrong_language`: it is not in the language of the request.
    - `mentions_request`: it mentions the request, lists the labels, or repeats the request.
    - `other_label`: a sentence names another emotion as shown, and not this one; or the text's
      conclusion is another.
    - `misquoted`: it quotes words that the subtitle does not contain, though no sound was sent.

    Args:
        lexicon: Labels and the words for them.
        options: Options of the checks.
        request: Function that returns the words of the request for a label, without the subtitle.
    """

    def __init__(
        self, lexicon: Lexicon, options: ExplanationOptions, request: Callable[[str], str]
    ) -> None:
        self.lexicon = lexicon
        self.options = options
        self._reader = ReplyReader(lexicon, form="json", prose=False)
        self._echoes = cache(lambda label: _runs(request(label)))
        modalities = options.writer.modalities
        self._knows_all_words = "T" in modalities and "A" not in modalities

    def check_reply(
        self, reply: str | None, finish: str | None, label: str, subtitle: str
    ) -> CheckedReply:
        """Check a reply to the request to explain a label; never raise."""
        reading = self._reader.read(reply, finish)
        text = " ".join((reading.explanation or "").split()) or None
        if reading.status not in COUNTED_STATUSES:
            return CheckedReply(reading.status, text, (Fault(reading.status),), reading)
        faults = [*self._of_reply(reading, label), *self._of_text(text or "", label, subtitle)]
        status = faults[0].check if faults else reading.status
        return CheckedReply(status, text, tuple(faults), reading)

    def check_text(
        self, text: str | None, truncated: bool, label: str, subtitle: str
    ) -> CheckedReply:
        """Check a text that is the whole reply, without a form around it.

        Args:
            text: The explanation.
            truncated: Whether its writer was stopped before the end.
            label: Label that it explains.
            subtitle: Subtitle of the clip.
        """
        plain = " ".join((text or "").split())
        if is_refusal(plain):
            reading = Reply("refused", None, plain, ("refusal",))
            return CheckedReply("refused", plain, (Fault("refused"),), reading)
        reading = Reply("truncated" if truncated else "ok", label, plain)
        faults = [Fault("truncated")] if truncated else self._of_text(plain, label, subtitle)
        status = faults[0].check if faults else reading.status
        return CheckedReply(status, plain or None, tuple(faults), reading)

    def _of_reply(self, reading: Reply, label: str) -> list[Fault]:
        return [] if reading.label == label else [Fault("wrong_emotion", str(reading.label))]

    def _of_text(self, text: str, label: str, subtitle: str) -> list[Fault]:
        if not text:
            return [Fault("empty")]
        plain = without_quotations(text)
        named = other_emotions(plain, label, self.lexicon)
        found = {
            "too_short": len(text) < self.options.min_characters,
            "too_long": len(text) > self.options.max_characters,
            "wrong_language": not is_in_language(self.options.language, plain),
            "mentions_request": self._request_in(plain, label),
            "other_label": ", ".join(named),
            "misquoted": self._misquoted(text, subtitle),
        }
        return [
            Fault(check, detail if isinstance(detail, str) else "")
            for check, detail in found.items()
            if detail
        ]

    def _request_in(self, plain: str, label: str) -> str:
        """Return the words by which a text mentions the request; empty if it does not."""
        phrase = request_phrases(self.options.language).search(plain)
        if phrase is not None:
            return phrase.group()
        labels = {mention.label for mention in self.lexicon.mentions(plain)}
        if len(labels) > max(2.0, LISTED_SHARE * len(self.lexicon.permitted)):
            return ", ".join(sorted(labels))
        return " ".join(min(_runs(plain) & self._echoes(label), default=()))

    def _misquoted(self, text: str, subtitle: str) -> str:
        """Return the first longer quotation that the subtitle does not contain."""
        if not self._knows_all_words:
            return ""
        spoken = _plain(subtitle)
        for quotation in quotations(text):
            words = _TOKEN.findall(quotation)
            if len(words) >= SHORTEST_QUOTE and _plain(quotation) not in spoken:
                return quotation
        return ""


def other_emotions(plain: str, label: str, lexicon: Lexicon) -> list[str]:
    """Return the labels that a text names as shown instead of the one that it explains.

    A sentence that names this label too describes a nuance of it, and passes.

    Args:
        plain: The text without its quotations.
        label: Label that it explains.
        lexicon: Labels and the words for them.
    """
    found: dict[str, None] = {}
    for sentence in _SENTENCE_END.split(plain):
        named = read_prose(sentence, lexicon).affirmed
        if named and label not in named:
            found.update(dict.fromkeys(named))
    verdict = read_prose(plain, lexicon).verdict
    if verdict is not None and verdict != label:
        found[verdict] = None
    return list(found)


def fingerprint(text: str) -> str:
    """Return a text without quotations, punctuation and capitals, to compare it with others."""
    return _plain(without_quotations(text))


def _plain(text: str) -> str:
    return " ".join(_TOKEN.findall(text.casefold()))


def _runs(text: str) -> set[tuple[str, ...]]:
    """Return every run of words, or Chinese characters, too long to be shared by chance."""
    tokens = _TOKEN.findall(text.casefold())
    size = ECHO_SIGNS if CHINESE.search(text) else ECHO_WORDS
    return {tuple(tokens[start : start + size]) for start in range(len(tokens) - size + 1)}
