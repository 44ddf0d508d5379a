"""Reading of a reply that begins with its label, has it in a field, or ends with it."""

from __future__ import annotations

import re

from libra_emo.llm.replies.fields import Field, find_fields
from libra_emo.llm.replies.labels import LONGEST_LABEL, FoundLabel, LabelFinder, affirmed_only
from libra_emo.llm.replies.prose import is_denied
from libra_emo.llm.replies.refusals import is_refusal, straighten
from libra_emo.llm.replies.reply import (
    Reply,
    ReplyForm,
    is_cannot_tell,
    labelled,
    refusal,
    several_labels,
)
from libra_emo.llm.replies.unwrapping import unwrap_prefix, unwrap_text

_SEPARATOR = re.compile(r"[;；]")  # what the prompt asks for
_LOOSE_SEPARATOR = re.compile(  # what models write instead of it
    r"\n|[:：|]|\s[-–—]\s|[,，.。](?=\s|$|[㐀-鿿])|\s*[-–—]{1,2}>?\s+"
    r"|(?<=[】\])])(?:(?=[㐀-鿿])|\s+)|(?:，|,\s*)because\b"
)
_LAST_PART = re.compile(r"[\n.。!！;；]+")
_LAST_CLAUSE = re.compile(r"[,，:：]|\s[-–—]+\s|\s*(?:→|[-=]+>)\s*")
_CLAUSE = re.compile(r"[\n.。!！;；,，:：]+|\s[-–—]+\s|\bbut\b|而是", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:and|it'?s|(?:it|this|that|he|she) is|they are|he's|she's|just|simply|rather|now|clearly"
    r"|只是|是)\s*",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(
    r"^\W*(?:label|emotion|answer)\W*[;；]\s*(?=[^;；\n]+(?:[;；]|$))", re.IGNORECASE
)
_CONTRAST = re.compile(r"[,，]?\s*(?:\bbut\b|而是)")


class LineReader:
    """Reads labels that stand in their place in a line, a field or at the end of a reply.

    Args:
        finder: Finder of labels.
        form: Expected form of the reply.
    """

    def __init__(self, finder: LabelFinder, form: ReplyForm) -> None:
        self.finder = finder
        self._form = form

    def read_line(self, text: str, strict: bool = False) -> Reply | None:
        """Return the reading of a text that begins with its label, else None.

        Args:
            text: The reply, or what follows a field's name.
            strict: Whether something else in the place of the label gives None.
        """
        text = _TEMPLATE.sub("", text.strip())
        bare = unwrap_prefix(text)
        prefix = ("prefix",) if bare != text else ()
        by_sign = self._split(text, text, _SEPARATOR, (), strict)
        if by_sign is not None:
            return by_sign
        loose = self._split(bare, text, _LOOSE_SEPARATOR, ("separator", *prefix), strict=True)
        if loose is not None:
            return loose
        found = self.finder.find(text)
        return None if found is None else labelled(found, None, text, ("bare_label",))

    def _split(
        self,
        whole: str,
        text: str,
        separator: re.Pattern[str],
        rules: tuple[str, ...],
        strict: bool,
    ) -> Reply | None:
        parts = separator.split(whole, maxsplit=1)
        if len(parts) < 2 or len(parts[0].strip()) > LONGEST_LABEL:
            return None
        head, rest = parts
        found = self.finder.find(head)
        if found is None:
            return None if strict else self._no_label(head, rest, text)
        loose = separator is _LOOSE_SEPARATOR
        if found.label and self.finder.has_rival(found.label, rest, loose):
            return several_labels(text)
        # a line break separates by itself in the form `lines`, so no rule was needed
        expected = loose and self._form == "lines" and "\n" in text
        return labelled(found, unwrap_text(rest) or None, text, () if expected else rules)

    def _no_label(self, head: str, rest: str, text: str) -> Reply | None:
        """Return the reading of a reply with something else in place of its label, else None."""
        if is_cannot_tell(head) or is_refusal(head):
            return refusal(text)
        contrasted = self._contrasted(head)
        if contrasted is not None:
            return labelled(FoundLabel(contrasted, ("contrast",)), unwrap_text(rest) or None, text)
        # one word before a label is no explanation
        explained = len(head.split()) > 1 and self.finder.bare(rest) is not None
        if explained or self._contrasted(text) is not None or is_refusal(text):
            return None
        return self._other_word(head, rest, text)

    def _other_word(self, head: str, rest: str, text: str) -> Reply | None:
        """Return the reading of a word in place of the label that is none, else None."""
        if self.finder.names_several(head):
            return several_labels(text)
        mentions = self.finder.lexicon.mentions(head)
        denied = bool(mentions) and all(is_denied(head, mention) for mention in mentions)
        if 0 < len(head.split()) <= 3 and (denied or not mentions):
            rule = "denied_label" if denied else "unknown_label"
            return Reply("out_of_taxonomy", None, rest.strip() or None, (rule,))
        return None

    def read_fields(self, text: str) -> Reply | None:
        """Return the reading of the fields of a reply that name a label, else None."""
        readings = [
            (field, reading)
            for field in find_fields(text)
            if (reading := self._read_field(field, text)) is not None
        ]
        if not readings:
            return None
        if len({reading.label for _, reading in readings}) > 1:
            return several_labels(text)
        field, reading = readings[-1]
        if reading.label is None:
            return reading
        explanation = unwrap_text(field.explanation) if field.explanation else reading.explanation
        before = text[: text.find(field.text)].strip() if field.text else ""
        if explanation is None and len(before) > LONGEST_LABEL:
            explanation = text
        return labelled(FoundLabel(reading.label, ("prefix", *reading.rules)), explanation, text)

    def _read_field(self, field: Field, text: str) -> Reply | None:
        reading = self.read_line(field.text, strict=True)
        if reading is None or (reading.label is None and reading.status != "ambiguous"):
            return None
        if field.strong or affirmed_only(text, str(reading.label), self.finder.lexicon):
            return reading
        return None

    def read_lines(self, text: str) -> Reply | None:
        """Return the reading of the one line of a longer reply that has the form, else None."""
        answers: list[tuple[FoundLabel, str]] = []
        lines = text.splitlines()
        for number, line in enumerate(lines):
            head, *rest = _SEPARATOR.split(line, maxsplit=1)
            found = self.finder.find(head) if len(head) <= LONGEST_LABEL else None
            if found is not None:
                below = "\n".join(lines[number + 1 :])
                answers.append((found, unwrap_text("".join(rest)) or unwrap_text(below)))
        labels = {found.label for found, _ in answers}
        if len(labels) > 1 or None in labels:
            return several_labels(text)
        if not labels or is_refusal(text):
            return None
        found, explanation = next((a for a in answers if a[1]), answers[-1])
        others = "\n".join(line for line in lines if self.finder.bare(line) is None)
        if self.finder.has_rival(str(found.label), others, loose=False):
            return several_labels(text)
        return labelled(found, explanation or text, text, ("own_line",))

    def read_end(self, text: str) -> Reply | None:
        """Return the reading of a reply that ends in a label standing alone, else None."""
        parts = [part.strip() for part in _LAST_PART.split(text) if part.strip()]
        if not parts or is_refusal(text):
            return None
        alone = [label for label in map(self.finder.bare, parts) if label]
        if len(parts) > 1 and alone and self.finder.bare(parts[-1]):
            if len(set(alone)) > 1 or self.finder.has_rival(alone[0], text, loose=False):
                return several_labels(text)
            return labelled(FoundLabel(alone[-1], ("own_end",)), text, text)
        label = self._contrasted(text)
        if label is not None:
            return labelled(FoundLabel(label, ("contrast",)), text, text)
        label = self._last_of(parts[-1])
        if label is not None and affirmed_only(text, label, self.finder.lexicon):
            return labelled(FoundLabel(label, ("own_end",)), text, text)
        return None

    def _contrasted(self, text: str) -> str | None:
        """Return the label in the last clause of a text that denies others before, else None."""
        clauses = [part.strip() for part in _CLAUSE.split(straighten(text)) if part.strip()]
        if len(clauses) < 2 or not all(map(self._denies, clauses[:-1])):
            return None
        return self.finder.bare(_LEAD.sub("", clauses[-1]))

    def _denies(self, clause: str) -> bool:
        """Return whether a clause names labels and denies each of them."""
        mentions = self.finder.lexicon.mentions(clause)
        return bool(mentions) and all(is_denied(clause, mention) for mention in mentions)

    def _last_of(self, sentence: str) -> str | None:
        """Return the label in which a sentence such as `not sad but angry` ends, else None."""
        clauses = _CONTRAST.split(sentence)
        if len(clauses) > 1 and self.finder.lexicon.mentions("".join(clauses[:-1])):
            return self.finder.bare(clauses[-1])
        clauses = _LAST_CLAUSE.split(sentence)
        return self.finder.bare(clauses[-1]) if len(clauses) > 1 else None
