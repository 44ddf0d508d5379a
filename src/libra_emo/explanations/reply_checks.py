"""What a model's reply must pass before its text may stand beside a label."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from libra_emo.explanations.languages import (
    is_in,
    quotations,
    request_phrases,
    without_quotations,
)
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.llm.replies.lexicon import CHINESE, Lexicon
from libra_emo.llm.replies.prose import LISTED_SHARE, read_prose
from libra_emo.llm.replies.reader import Reply, ReplyReader
from libra_emo.schemas import COUNTED_STATUSES

REPEATED = "repeated"
SHORTEST_QUOTE = 4
"""Words from which on a quotation counts as what was said, and not as a turn of phrase."""
ECHO_WORDS = 8
ECHO_SIGNS = 14
_SENTENCE_END = re.compile(r"[.!?;。！？；\n]+")
_TOKEN = re.compile(r"[㐀-鿿]|[^\W_]+")


class Fault(NamedTuple):
    """A check that a text fails, and what was found."""

    check: str
    found: str = ""


class Judgement(NamedTuple):
    """What became of a reply.

    Attributes:
        status: `ok` or `repaired`, a status of a reply that cannot be read, or the first check
            that the text fails.
        text: The explanation, where there is one.
        faults: Every check that it fails.
        reply: What was read.
    """

    status: str
    text: str | None
    faults: tuple[Fault, ...]
    reply: Reply

    @property
    def passed(self) -> bool:
        """Whether the text may stand beside its label."""
        return self.status in COUNTED_STATUSES


class Judge:
    """Judges what a model gave as explanations.

    - A reply's own status: `ambiguous`, `out_of_taxonomy`, `refused`, `empty`, `truncated`.
    - `wrong_emotion`: it explains another emotion than the one asked for.
    - `empty`, `too_short`, `too_long`: its length.
    - `wrong_language`: it is not in the language of the request.
    - `mentions_request`: it speaks of what was asked, lists the labels, or repeats the request.
    - `other_label`: a sentence names another emotion as shown, and not this one; or the text's
      verdict is another.
    - `misquoted`: it quotes words that the subtitle does not hold, though nothing was heard.

    Args:
        lexicon: The labels and the words for them.
        options: The bounds.
        request: Label → the words of the request, the subtitle left out.
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

    def judge(self, reply: str | None, finish: str | None, label: str, subtitle: str) -> Judgement:
        """Return what became of a reply to the request to explain a label; it never raises."""
        read = self._reader.read(reply, finish)
        text = " ".join((read.explanation or "").split()) or None
        if read.status not in COUNTED_STATUSES:
            return Judgement(read.status, text, (Fault(read.status),), read)
        faults = [*self._of_reply(read, label), *self._of_text(text or "", label, subtitle)]
        status = faults[0].check if faults else read.status
        return Judgement(status, text, tuple(faults), read)

    def judge_text(self, text: str | None, cut: bool, label: str, subtitle: str) -> Judgement:
        """Return what became of a text that its writer gave alone, without a form around it.

        Args:
            text: The explanation.
            cut: Whether its writer was stopped before the end.
            label: What it explains.
            subtitle: Of the clip.
        """
        plain = " ".join((text or "").split())
        read = Reply("truncated" if cut else "ok", label, plain)
        faults = [Fault("truncated")] if cut else self._of_text(plain, label, subtitle)
        status = faults[0].check if faults else read.status
        return Judgement(status, plain or None, tuple(faults), read)

    def _of_reply(self, read: Reply, label: str) -> list[Fault]:
        return [] if read.label == label else [Fault("wrong_emotion", str(read.label))]

    def _of_text(self, text: str, label: str, subtitle: str) -> list[Fault]:
        if not text:
            return [Fault("empty")]
        plain = without_quotations(text)
        named = other_emotions(plain, label, self.lexicon)
        found = {
            "too_short": len(text) < self.options.min_characters,
            "too_long": len(text) > self.options.max_characters,
            "wrong_language": not is_in(self.options.language, plain),
            "mentions_request": self._request_in(plain, label),
            "other_label": ", ".join(named),
            "misquoted": self._misquoted(text, subtitle),
        }
        return [
            Fault(check, told if isinstance(told, str) else "")
            for check, told in found.items()
            if told
        ]

    def _request_in(self, plain: str, label: str) -> str:
        """Return by what a text speaks of the request; empty where it does not."""
        phrase = request_phrases(self.options.language).search(plain)
        if phrase is not None:
            return phrase.group()
        labels = {mention.label for mention in self.lexicon.mentions(plain)}
        if len(labels) > max(2.0, LISTED_SHARE * len(self.lexicon.permitted)):
            return ", ".join(sorted(labels))
        return " ".join(min(_runs(plain) & self._echoes(label), default=()))

    def _misquoted(self, text: str, subtitle: str) -> str:
        """Return the first quotation of some length that the subtitle does not hold."""
        if not self._knows_all_words:
            return ""
        said = _plain(subtitle)
        for quotation in quotations(text):
            words = _TOKEN.findall(quotation)
            if len(words) >= SHORTEST_QUOTE and _plain(quotation) not in said:
                return quotation
        return ""


def other_emotions(plain: str, label: str, lexicon: Lexicon) -> list[str]:
    """Return the labels that a text names as shown instead of the one that it explains.

    A sentence that names this label too tells of a shade of it, and passes.

    Args:
        plain: The text without what it quotes.
        label: What it explains.
        lexicon: The words for labels.
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
    """Return what two texts have in common that differ by quotations and signs alone."""
    return _plain(without_quotations(text))


def _plain(text: str) -> str:
    return " ".join(_TOKEN.findall(text.casefold()))


def _runs(text: str) -> set[tuple[str, ...]]:
    """Return every run of so many words, or Chinese signs, that no two texts share by chance."""
    tokens = _TOKEN.findall(text.casefold())
    size = ECHO_SIGNS if CHINESE.search(text) else ECHO_WORDS
    return {tuple(tokens[start : start + size]) for start in range(len(tokens) - size + 1)}
