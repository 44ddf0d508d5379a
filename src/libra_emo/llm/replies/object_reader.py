"""Reading of a reply that is JSON, or nearly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libra_emo.llm.replies.labels import FoundLabel
from libra_emo.llm.replies.line_reader import LineReader
from libra_emo.llm.replies.objects import (
    LABEL_KEYS,
    LIST_KEYS,
    SCORE_KEYS,
    TEXT_KEYS,
    TruncatedJsonError,
    is_label_key,
    mend_object,
    plain_keys,
    read_objects,
)
from libra_emo.llm.replies.refusals import is_refusal
from libra_emo.llm.replies.reply import (
    CANNOT_TELL,
    OBJECT_FORMS,
    Reply,
    ReplyForm,
    gives_nothing,
    is_cannot_tell,
    labelled,
    refusal,
    several_labels,
)
from libra_emo.llm.replies.scores import read_score_object


class ObjectReader:
    """Reads labels out of JSON objects.

    Args:
        lines: Reader of the texts within them.
        form: Expected form of the reply.
    """

    def __init__(self, lines: LineReader, form: ReplyForm) -> None:
        self._lines = lines
        self._finder = lines.finder
        self._rules: tuple[str, ...] = () if form in OBJECT_FORMS else ("json",)

    def read_exactly(self, text: str) -> Reply | None:
        """Return the reading of a reply that is exactly one object with both keys, else None."""
        if text[:1] != "{" or text[-1:] != "}":
            return None
        try:
            objects = read_objects(text)
        except TruncatedJsonError:
            return None
        fields = objects[0] if len(objects) == 1 else {}
        label, explanation = fields.get("emotion"), fields.get("explanation")
        rest = explanation.strip() if isinstance(explanation, str) else ""
        if not isinstance(label, str) or label not in self._finder.lexicon.permitted:
            return None
        return Reply("ok", label, rest) if rest and not gives_nothing(rest) else None

    def read(self, text: str) -> Reply | None:
        """Return the reading of the objects in a text; None if there are none.

        Raises:
            TruncatedJsonError: If the text ends within an object.
        """
        objects, rules = read_objects(text), self._rules
        if not any(self._names_label(fields) for fields in objects):
            mended = mend_object(text)
            objects, rules = ([mended], (*rules, "mended_json")) if mended else (objects, rules)
        if not objects:
            return None
        scores = self._scores_in_list(objects) if len(objects) > 1 else None
        if scores is not None:
            return labelled(scores, None, text, rules)
        readings = [self._read_one(fields, rules) for fields in objects]
        known = [reading for reading in readings if reading is not None]
        if len({reading.label for reading in known}) > 1:
            return several_labels(text, rules)
        if known:
            return known[0]
        if is_refusal(text):
            return refusal(text, (*rules, "refusal"))
        return Reply("out_of_form", None, text, (*rules, "no_label_key"))

    def _names_label(self, fields: Mapping[str, Any]) -> bool:
        return bool(_label_keys(fields)) or self._scores(fields) is not None

    def _scores(self, fields: Mapping[str, Any]) -> FoundLabel | None:
        nested = next((fields[k] for k in SCORE_KEYS if isinstance(fields.get(k), Mapping)), fields)
        return read_score_object(nested, self._finder)

    def _scores_in_list(self, objects: list[Mapping[str, Any]]) -> FoundLabel | None:
        """Return the best of objects that have a name and a number each."""
        pairs = [list(fields.values()) for fields in objects]
        if all(len(pair) == 2 and isinstance(pair[0], str) for pair in pairs):
            return read_score_object({name: score for name, score in pairs}, self._finder)
        return None

    def _read_one(self, fields: Mapping[str, Any], rules: tuple[str, ...]) -> Reply | None:
        """Return the reading of an object that names a label or gives scores, else None."""
        explanation = _explanation(fields)
        keys = _label_keys(fields)
        if not keys:
            scores = self._scores(fields)
            return None if scores is None else labelled(scores, explanation, "", rules)
        readings = [self._read_value(fields[key], explanation, rules) for key in keys]
        if len({reading.label for reading in readings if reading.label}) > 1:
            return several_labels(explanation, rules)
        return next((reading for reading in readings if reading.label), readings[0])

    def _read_value(self, named: Any, explanation: str | None, rules: tuple[str, ...]) -> Reply:
        """Return the reading of what stands under the key of the label."""
        scores = self._scores_among(named)
        if scores is not None:
            return labelled(scores, explanation, "", rules)
        if isinstance(named, Mapping):
            reading = self._read_one(plain_keys(named), rules)
            if reading is not None:
                return reading._replace(explanation=reading.explanation or explanation)
        if isinstance(named, (list, tuple)) and all(isinstance(part, str) for part in named):
            named = ", ".join(named)
        return self._read_text(named if isinstance(named, str) else "", explanation, rules)

    def _scores_among(self, named: Any) -> FoundLabel | None:
        """Return the best of a list of objects with a name and a score each, else None."""
        if not isinstance(named, (list, tuple)) or not all(isinstance(n, Mapping) for n in named):
            return None
        return self._scores_in_list([plain_keys(one) for one in named])

    def _read_text(self, text: str, explanation: str | None, rules: tuple[str, ...]) -> Reply:
        if is_cannot_tell(text) or is_refusal(text):
            return refusal(explanation, (*rules, CANNOT_TELL))
        found = self._finder.find(text)
        if found is not None:
            return labelled(found, explanation, text, rules)
        line = self._lines.read_line(text) if ";" in text or "；" in text else None
        if line is not None and line.label:
            both = (*rules, *line.rules)
            return line._replace(explanation=explanation or line.explanation, rules=both)
        if explanation is not None and is_refusal(explanation):
            return refusal(explanation, (*rules, "refusal"))
        return Reply("out_of_taxonomy", None, explanation, (*rules, "json_label"))


def _label_keys(fields: Mapping[str, Any]) -> list[str]:
    """Return the keys that name the label, the likeliest first; else those of lists of labels."""
    keys = sorted(filter(is_label_key, fields), key=lambda key: key not in LABEL_KEYS)
    return keys or [key for key in LIST_KEYS if isinstance(fields.get(key), (str, list, tuple))]


def _explanation(fields: Mapping[str, Any]) -> str | None:
    rest = next((fields[key] for key in TEXT_KEYS if fields.get(key)), None)
    if isinstance(rest, (list, tuple)):
        rest = " ".join(str(part) for part in rest)
    return rest.strip() or None if isinstance(rest, str) else None
