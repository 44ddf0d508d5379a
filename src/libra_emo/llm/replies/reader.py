"""Reading a model's reply: a label and an explanation, or the reason why there is none.

Nothing is guessed: a reply that does not clearly name one permitted label has no label, and no
label replaces a missing one.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from libra_emo.llm.replies.lexicon import Lexicon, NamedLabel
from libra_emo.llm.replies.prose import read_prose
from libra_emo.llm.replies.unwrapping import (
    LABEL_KEYS,
    TEXT_KEYS,
    TruncatedJsonError,
    mend_json,
    read_json,
    unwrap,
    unwrap_label,
    unwrap_prefix,
    unwrap_text,
)

ReplyForm = Literal["semicolon", "json", "lines"]
Status = Literal["ok", "repaired", "ambiguous", "out_of_taxonomy", "refused", "empty", "truncated"]

BLOCKED_FINISHES = ("content_filter", "refusal", "safety")
CUT_FINISHES = ("length", "max_tokens")
_LONGEST_LABEL = 40
_SAYS_SOMETHING = re.compile(r"\w")
_REFUSAL = re.compile(
    r"^\W*(?:i'?m sorry|i am sorry|sorry|i apologi[sz]e|unfortunately|as an ai|i cannot|i can'?t|"
    r"i'?m (?:not able|unable)|i am (?:not able|unable)|i won'?t|i will not|i must decline|"
    r"抱歉|对不起|很抱歉|我无法|我不能|作为(?:一个)?(?:ai|人工智能))",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[;；]")  # what the prompt asks for
_LOOSE_SEPARATOR = re.compile(  # what models write instead of it
    r"\n|[:：|]|\s[-–—]\s|[,，.。](?=\s|$|[㐀-鿿])|\s*[-–—]{1,2}>?\s+|(?:，|,\s*)because\b"
)
_JOINT = re.compile(r"\s*(?:[/,、，&+|]|\band\b|\bor\b|和|或|与|及)\s*", re.IGNORECASE)


class Reply(NamedTuple):
    """Reading of a reply.

    Attributes:
        status: One of the statuses of a vote.
        label: The label; None unless the status is ok or repaired.
        explanation: The rest of the reply; None if there is none.
        rules: Names of the repairs that led to the label, or of what was found instead.
    """

    status: Status
    label: str | None = None
    explanation: str | None = None
    rules: tuple[str, ...] = ()


class ReplyReader:
    """Reads replies that should have one of three forms.

    Args:
        lexicon: Permitted labels and the words for them.
        form: Expected form. `semicolon` is `label;explanation`, `lines` has the label on the first
            line and the explanation below, `json` has the keys `emotion` and `explanation`.
        prose: Whether a reply without any form counts if one label stands out in its prose.
    """

    def __init__(self, lexicon: Lexicon, form: ReplyForm = "semicolon", prose: bool = True) -> None:
        self.lexicon = lexicon
        self.form = form
        self.prose = prose

    def read(self, reply: str | None, finish: str | None = None) -> Reply:
        """Return the reading of a reply; never raise.

        Args:
            reply: Text of the model.
            finish: Reason for which the text ended, as the provider names it.
        """
        if finish in BLOCKED_FINISHES:
            return Reply("refused", rules=("blocked",))
        if not reply or not _SAYS_SOMETHING.search(reply):
            return Reply("empty")
        if finish in CUT_FINISHES:
            return Reply("truncated", rules=("length",))
        return self._exact(reply) or self._repaired(reply)

    def _repaired(self, reply: str) -> Reply:
        """Return the reading of a reply that does not have exactly its form."""
        text, rules = unwrap(reply)
        if not _SAYS_SOMETHING.search(text):
            return Reply("empty", rules=tuple(rules))
        try:
            found = self._from_json(text)
        except TruncatedJsonError:
            return Reply("truncated", rules=("json",))
        if found is None:
            rules += ["no_json"] if self.form == "json" else []
            found = self._from_line(text) or self._from_lines(text) or self._from_prose(text)
        return found._replace(rules=(*rules, *found.rules))

    def _exact(self, reply: str) -> Reply | None:
        """Return the reading of a reply that has exactly its form, else None."""
        text = reply.strip()
        if self.form == "json":
            fields = read_json(text) if text[:1] == "{" and text[-1:] == "}" else None
            label, explanation = (fields or {}).get("emotion"), (fields or {}).get("explanation")
            rest = explanation.strip() if isinstance(explanation, str) else ""
            known = isinstance(label, str) and label in self.lexicon.permitted
            return Reply("ok", label, rest) if known and rest else None
        sign = ";" if self.form == "semicolon" else "\n"
        head, found, rest = text.partition(sign)
        if not found or head not in self.lexicon.permitted or not rest.strip():
            return None
        return None if self._others(head, rest) else Reply("ok", head, rest.strip())

    def _from_json(self, text: str) -> Reply | None:
        fields = read_json(text)
        rules: tuple[str, ...] = () if self.form == "json" else ("json",)
        if fields is None:
            fields, rules = mend_json(text), (*rules, "mended_json")
        if fields is None:
            return None
        named = next((fields[key] for key in LABEL_KEYS if fields.get(key)), None)
        rest = next((fields[key] for key in TEXT_KEYS if isinstance(fields.get(key), str)), None)
        explanation = rest.strip() if rest and rest.strip() else None
        if isinstance(named, (list, tuple)) and all(isinstance(part, str) for part in named):
            named = ", ".join(named)
        if not isinstance(named, str):
            return None
        found = self._label(named)
        if found is None:
            return Reply("out_of_taxonomy", None, explanation, (*rules, "json_label"))
        return self._with_text(found, explanation, rules)

    def _from_line(self, text: str) -> Reply | None:
        """Return the reading of a reply that begins with its label."""
        bare = unwrap_prefix(text)
        prefix = ("prefix",) if bare != text else ()
        for separator, rules in (
            (_SEPARATOR, ()),
            (_LOOSE_SEPARATOR, ("separator", *prefix)),
            (None, ("bare_label",)),
        ):
            head, rest = text, ""
            if separator is not None:
                whole = bare if separator is _LOOSE_SEPARATOR else text
                parts = separator.split(whole, maxsplit=1)
                if len(parts) < 2:
                    continue
                head, rest = parts
            if len(head.strip()) > _LONGEST_LABEL:
                continue
            found = self._label(head)
            if found is None and separator is _SEPARATOR:
                # the form is right, so what stands where the label belongs settles the reply
                found = self._no_label(head, rest, text)
                if found is not None:
                    return found
            if found is None:
                continue
            if found.status == "repaired" and found.label and self._others(found.label, rest):
                return Reply("ambiguous", None, text, ("several_labels",))
            explanation = unwrap_text(rest)
            # a line break separates by itself in the form `lines`, so no rule was needed
            expected = separator is _LOOSE_SEPARATOR and self.form == "lines" and "\n" in text
            return self._with_text(found, explanation or None, () if expected else rules)
        return None

    def _no_label(self, head: str, rest: str, text: str) -> Reply | None:
        """Return the reading of a reply with something else in place of its label, else None."""
        if self._names_several(head):
            return Reply("ambiguous", None, text, ("several_labels",))
        if 0 < len(head.split()) <= 3 and self._is_word(head):
            return Reply("out_of_taxonomy", None, rest.strip() or None, ("unknown_label",))
        return None

    def _from_lines(self, text: str) -> Reply | None:
        """Return the reading of the one line of a longer reply that has the form."""
        answers = []
        lines = text.splitlines()
        for number, line in enumerate(lines):
            head, _, rest = line.partition(";")
            label = self._label(head) if len(head) <= _LONGEST_LABEL else None
            if label is not None and label.label:
                below = "\n".join(lines[number + 1 :])
                answers.append((label, unwrap_text(rest) or unwrap_text(below)))
        labels = {answer.label for answer, _ in answers}
        if len(labels) > 1:
            return Reply("ambiguous", None, text, ("several_labels",))
        if not labels:
            return None
        answer, explanation = next((a for a in answers if a[1]), answers[-1])
        return self._with_text(answer, explanation or text, ("own_line",))

    def _from_prose(self, text: str) -> Reply:
        reading = read_prose(text, self.lexicon)
        if _REFUSAL.search(text):
            return Reply("refused", None, text, ("refusal",))
        label, rules = reading.label(len(self.lexicon.permitted))
        if label is not None and self.prose:
            return Reply("repaired", label, text, tuple(rules))
        if len(reading.named) > 1:
            return Reply("ambiguous", None, text, ("several_labels",))
        rule = "no_label"
        if reading.named:
            rule = "in_prose" if reading.affirmed else "denied_label"
        return Reply("out_of_taxonomy", None, text, (rule,))

    def _label(self, text: str) -> Reply | None:
        """Return the label that a short text is, `ambiguous` for several labels, None for none."""
        name, rules = unwrap_label(text)
        word = self.lexicon.find(name)
        if word is not None:
            case = ("case",) if not word.rules and name != word.label else ()
            return Reply("repaired", word.label, None, (*rules, *case, *word.rules))
        words = self._listed(name)
        if words and len({word.label for word in words}) > 1:
            return Reply("ambiguous", None, None, ("several_labels",))
        return None

    def _listed(self, text: str) -> list[NamedLabel]:
        """Return the labels of a text that is nothing but a list of labels, else none."""
        parts = [unwrap_label(part)[0] for part in _JOINT.split(text)]
        words = [self.lexicon.find(part) for part in parts if part]
        return [word for word in words if word] if all(words) else []

    def _others(self, label: str, rest: str) -> bool:
        """Return whether the text after a label begins with another, or has a line for another."""
        first = _SEPARATOR.split(rest.strip(), maxsplit=1)[0]
        starts = [first, _JOINT.split(first.strip(" .,，;；"), maxsplit=1)[0]]
        lines = [line.partition(";")[0] for line in rest.splitlines()[1:] if ";" in line]
        lines += [line for line in rest.splitlines()[1:] if ";" not in line]
        short = (start for start in (*starts, *lines) if len(start) <= _LONGEST_LABEL)
        words = (self.lexicon.find(unwrap_label(part)[0]) for part in short)
        return any(word is not None and word.label != label for word in words)

    def _with_text(self, found: Reply, explanation: str | None, rules: tuple[str, ...]) -> Reply:
        missing = ("no_explanation",) if explanation is None and "bare_label" not in rules else ()
        if found.status != "repaired":
            return found._replace(explanation=explanation, rules=(*rules, *found.rules))
        return found._replace(explanation=explanation, rules=(*rules, *found.rules, *missing))

    def _names_several(self, text: str) -> bool:
        return len({mention.label for mention in self.lexicon.mentions(text)}) > 1

    def _is_word(self, text: str) -> bool:
        return not self.lexicon.mentions(text) and not _REFUSAL.search(text)
