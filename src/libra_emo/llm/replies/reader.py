"""Reading a model's reply: a label and an explanation, or the reason why there is none.

Nothing is guessed: a reply that does not clearly give one permitted label has no label, and no
label replaces a missing one. A label counts where it stands as the answer: in its place in the
form, in a named field, as the best score, or by itself at the end. A label that prose merely
mentions does not count, since a model that refuses is "happy to help" or "afraid it cannot".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from libra_emo.llm.finishes import was_blocked, was_cut
from libra_emo.llm.replies.labels import LabelFinder
from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.line_reader import LineReader
from libra_emo.llm.replies.object_reader import ObjectReader
from libra_emo.llm.replies.objects import TruncatedJsonError
from libra_emo.llm.replies.prose import read_prose
from libra_emo.llm.replies.refusals import is_refusal
from libra_emo.llm.replies.reply import (
    CANNOT_TELL,
    OBJECT_FORMS,
    Reply,
    ReplyForm,
    Status,
    gives_nothing,
    labelled,
    refusal,
)
from libra_emo.llm.replies.scores import read_scores
from libra_emo.llm.replies.thinking import take_off_thinking
from libra_emo.llm.replies.unwrapping import unwrap

__all__ = ["CANNOT_TELL", "Reply", "ReplyForm", "ReplyReader", "Status"]

_SAYS_SOMETHING = re.compile(r"\w|✓|✔|✅")


class ReplyReader:
    """Reads replies that should have one of four forms.

    Args:
        lexicon: Permitted labels and the words for them.
        form: Expected form. `semicolon` is `label;explanation`, `lines` has the label on the first
            line and the explanation below, `json` has the keys `emotion` and `explanation`, and
            `schema` is the same, requested by a schema that also offers `cannot_tell`.
        prose: Whether a reply without any form counts if one label stands out in its prose, for
            recorded answers of others.
    """

    def __init__(
        self, lexicon: Lexicon, form: ReplyForm = "semicolon", prose: bool = False
    ) -> None:
        self.lexicon = lexicon
        self.form = form
        self.prose = prose
        self._finder = LabelFinder(lexicon)
        self._lines = LineReader(self._finder, form)
        self._objects = ObjectReader(self._lines, form)

    def read(self, reply: str | None, finish: str | None = None) -> Reply:
        """Return the reading of a reply; never raise.

        Args:
            reply: Text of the model.
            finish: Reason for which the text ended, as the provider names it.
        """
        if was_blocked(finish):
            return refusal(None, ("blocked",))
        if was_cut(finish):
            return Reply("truncated", rules=("length",))
        if not reply or not _SAYS_SOMETHING.search(reply):
            return Reply("empty")
        spoken = take_off_thinking(reply)
        if spoken.cut:
            return Reply("truncated", rules=("thinking",))
        found = self._exact(spoken.text) or self._repaired(spoken.text)
        if spoken.text == reply:
            return found
        status: Status = "repaired" if found.status == "ok" else found.status
        return found._replace(status=status, rules=("thinking", *found.rules))

    def _exact(self, reply: str) -> Reply | None:
        """Return the reading of a reply that has exactly its form, else None."""
        text = reply.strip()
        if self.form in OBJECT_FORMS:
            return self._objects.read_exactly(text)
        head, found, rest = text.partition(";" if self.form == "semicolon" else "\n")
        rest = rest.strip()
        if not found or head not in self.lexicon.permitted or not rest:
            return None
        if self._finder.has_rival(head, rest, loose=False) or gives_nothing(rest):
            return None
        return Reply("ok", head, rest)

    def _repaired(self, reply: str) -> Reply:
        """Return the reading of a reply that does not have exactly its form."""
        text, rules = unwrap(reply)
        if not _SAYS_SOMETHING.search(text):
            return Reply("empty", rules=tuple(rules))
        try:
            found = self._objects.read(text)
        except TruncatedJsonError:
            return Reply("truncated", rules=("json",))
        if found is None:
            rules += ["no_json"] if self.form in OBJECT_FORMS else []
            found = next(way for way in self._ways(text) if way is not None)
        return found._replace(rules=(*rules, *found.rules))

    def _ways(self, text: str) -> Iterator[Reply | None]:
        """Yield what each way to read a text without objects finds, the clearest first."""
        scores = read_scores(text, self._finder)
        yield None if scores is None else labelled(scores, None, text)
        yield self._lines.read_fields(text)
        yield self._lines.read_line(text)
        yield self._lines.read_lines(text)
        yield self._lines.read_end(text)
        yield self._from_prose(text)

    def _from_prose(self, text: str) -> Reply:
        if is_refusal(text):
            return refusal(text)
        reading = read_prose(text, self.lexicon)
        if self.prose:
            label, rules = reading.label(len(self.lexicon.permitted))
            if label is not None:
                return Reply("repaired", label, text, tuple(rules))
        rule = "several_labels" if len(reading.named) > 1 else "no_label"
        if len(reading.named) == 1:
            rule = "in_prose" if reading.affirmed else "denied_label"
        return Reply("out_of_form", None, text, (rule,))
