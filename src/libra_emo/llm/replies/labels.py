"""Reading of a short text that should be a label, and of what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from libra_emo.llm.replies.lexicon import Lexicon, NamedLabel
from libra_emo.llm.replies.prose import is_denied, read_prose, without_long_quotes
from libra_emo.llm.replies.unwrapping import unwrap_label

LONGEST_LABEL = 40
"""Number of characters from which on a text is no label."""
LONGEST_LIST = 400
"""Number of characters from which on a text is no list of labels."""
_JOINT = re.compile(r"\s*(?:[/,、，&+|→]|-+>|\band\b|\bor\b|和|或|与|及)\s*", re.IGNORECASE)
_DEGREE = re.compile(
    r"^(?:slightly|mostly|mainly|predominantly|primarily|largely|very|a (?:bit|little)|somewhat"
    r"|quite|rather|extremely|really|deeply|mildly|moderately|clearly|visibly|obviously|genuinely|pretty"
    r"|fairly|strongly|intensely|utterly|highly|so|feeling|looks?|seems?|appears?|being)\s+"
    r"|^(?:非常|很|有点|有些|十分|特别|极其|比较|略显|略带|略|稍微|稍|相当|极度|极|显得|感到|感觉|深感|明显)",
    re.IGNORECASE,
)
_CHINESE_TAIL = re.compile(r"(?<=[㐀-鿿])(?:的情绪|的情感|的表情|情绪|情感|的|地)$")
_GLOSS = re.compile(r"^(?P<outer>[^()（）]+?)\s*[(（](?P<inner>[^()（）]+)[)）]$")
_RATED = re.compile(
    r"^(?:(?:confidence|certainty|probability|score|intensity|likelihood|置信度|概率)"
    r"\s*(?:is|of|[:=：])?\s*)?"
    r"(?:\d+(?:[.,]\d+)?\s*(?:%|％|/\s*\d+)?|(?:very )?high|primary|main|dominant|most likely)"
    r"(?:\s*(?:confidence|certainty|confident|sure|emotion))?$",
    re.IGNORECASE,
)
_TRANSLATION = re.compile(r"^[^\Wa-zA-Z0-9_不非无没未否]{1,12}$")
_TAKEN_BACK = re.compile(
    r"^\W*(?:(?:or|but|then again|and)\b\W*)?"
    r"(?:(?:maybe|perhaps|possibly|probably|actually|rather)\s+)?"
    r"not(?: really| at all| quite)?\s*(?:[,.;!?]|$)",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\s*[(（][^()（）]*[)）]$")
_SEGMENT_END = re.compile(r"[\n;；.。!！?？]+")
_PART_END = re.compile(r"[,，、:：]+|\s[-–—]+>?\s")
_LEADING = re.compile(
    r"^(?:\W*(?:or|and|but|then|now|also|rather|perhaps|maybe|possibly|and then|later"
    r"|still|或者?|和|但"
    r"|然后|还是|以及|也许)\b\s*)+",
    re.IGNORECASE,
)
_SECOND_THOUGHT = re.compile(
    r"^\W*(?:wait|actually|on second thoughts?|correction|no\b|hmm+|scratch that|rather|or\b|i mean"
    r"|on reflection|in fact|let me (?:re|correct)|其实|不对|不，|等等|更准确)",
    re.IGNORECASE,
)
_TURN = re.compile(
    r"\b(?:but|or|then|mainly|rather|actually|also|later|turning|turns|becom\w+|changes?|partly"
    r"|as well|to)\b|→|->|还是|或|但|然后|而|其实|转|变|后来",
    re.IGNORECASE,
)


class FoundLabel(NamedTuple):
    """What a short text says.

    Attributes:
        label: The label; None if the text names several.
        rules: Names of the repairs that led to it.
    """

    label: str | None
    rules: tuple[str, ...] = ()


SEVERAL = FoundLabel(None, ("several_labels",))


class LabelFinder:
    """Finds the label that a short text is, and the labels that compete with it.

    Args:
        lexicon: Permitted labels and the words for them.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def find(self, text: str) -> FoundLabel | None:
        """Return the label that a text is, `SEVERAL` for several labels, None for none."""
        if len(text.strip()) > LONGEST_LIST:
            return None
        name, rules = unwrap_label(text)
        for found in self._ways(name, tuple(rules)):
            if found is not None:
                return found
        return None

    def bare(self, text: str) -> str | None:
        """Return the label that a text is without any word beside it, else None."""
        word = self.lexicon.find(unwrap_label(text)[0]) if len(text) <= LONGEST_LABEL * 2 else None
        return word.label if word else None

    def names_several(self, text: str) -> bool:
        """Return whether a text names more than one label."""
        return len({mention.label for mention in self.lexicon.mentions(text)}) > 1

    def affirms_other(self, label: str, text: str) -> bool:
        """Return whether a text names another label and does not deny it."""
        return any(named != label for named in read_prose(text, self.lexicon).affirmed)

    def has_rival(self, label: str, rest: str, loose: bool) -> bool:
        """Return whether the text after a label gives another label the same place.

        A rival stands alone in a sentence or a line, begins one before a colon, or is named in a
        sentence that takes the label back; `or maybe not` takes it back without naming another.

        Args:
            label: The label.
            rest: The text after it.
            loose: Whether no semicolon separates them, so that the text after the label may still
                belong to it.
        """
        if _TAKEN_BACK.match(rest):
            return True
        segments = [part.strip() for part in _SEGMENT_END.split(rest) if part.strip()]
        for number, segment in enumerate(segments):
            if any(self._is_other(label, part) for part in self._heads(segment, loose)):
                return True
            cue = _SECOND_THOUGHT.search(segment)
            cue = cue or (_TURN.search(segment) if loose and number == 0 else None)
            if cue is not None and self.affirms_other(label, segment):
                return True
        return False

    def _ways(self, name: str, rules: tuple[str, ...]) -> Iterator[FoundLabel | None]:
        yield self._word(name, rules)
        yield self._listed(name, rules)
        yield self._glossed(name, rules)
        plain = _CHINESE_TAIL.sub("", _DEGREE.sub("", name)).strip()
        while plain and plain != name:
            yield self._word(plain, (*rules, "degree"))
            name, plain = plain, _CHINESE_TAIL.sub("", _DEGREE.sub("", plain)).strip()

    def _word(self, name: str, rules: tuple[str, ...]) -> FoundLabel | None:
        word = self.lexicon.find(name)
        if word is None:
            return None
        case = ("case",) if not word.rules and name != word.label else ()
        return FoundLabel(word.label, (*rules, *case, *word.rules))

    def _listed(self, name: str, rules: tuple[str, ...]) -> FoundLabel | None:
        """Return the one label of a text that is nothing but a list of words for labels."""
        parts = [unwrap_label(part)[0] for part in _JOINT.split(name)]
        words: list[NamedLabel] = [w for w in map(self.lexicon.find, filter(None, parts)) if w]
        if self._names_nothing_else(name):
            return SEVERAL
        if len(words) < 2 or len(words) < len([part for part in parts if part]):
            return None
        labels = {word.label for word in words}
        return FoundLabel(labels.pop(), (*rules, "synonyms")) if len(labels) == 1 else SEVERAL

    def _names_nothing_else(self, name: str) -> bool:
        """Return whether a text consists of words for several labels and nothing else."""
        mentions = self.lexicon.mentions(name)
        if len({mention.label for mention in mentions}) < 2:
            return False
        ends = [0, *(mention.end for mention in mentions)]
        starts = [*(mention.start for mention in mentions), len(name)]
        between = (name[end:start] for end, start in zip(ends, starts, strict=True))
        return not any(re.search(r"\w", _JOINT.sub("", part)) for part in between)

    def _glossed(self, name: str, rules: tuple[str, ...]) -> FoundLabel | None:
        """Return the label of a text such as `sad (悲伤)`."""
        match = _GLOSS.match(name)
        if match is None:
            return None
        outer, inner = self.find(match["outer"]), self.find(match["inner"])
        if outer is None:
            return None
        if inner is None:
            gloss = match["inner"].strip()
            mentions = self.lexicon.mentions(gloss)
            if any(not is_denied(gloss, mention) for mention in mentions):
                return SEVERAL
            beside = mentions or _RATED.match(gloss) or _TRANSLATION.match(gloss)
            return FoundLabel(outer.label, (*rules, *outer.rules, "gloss")) if beside else None
        same = outer.label == inner.label
        return FoundLabel(outer.label, (*rules, *outer.rules, "gloss")) if same else SEVERAL

    def _heads(self, segment: str, loose: bool) -> Iterator[str]:
        """Yield the parts of a sentence that stand where a label could."""
        yield segment
        parts = _PART_END.split(segment)
        separators = _PART_END.findall(segment)
        yield from parts if loose else ()
        if separators and separators[0].strip() in (":", "："):
            yield parts[0]

    def _is_other(self, label: str, part: str) -> bool:
        if len(part) > LONGEST_LABEL:
            return False
        plain = _LEADING.sub("", part)
        found = self.find(plain) or self.find(_IN_BRACKETS.sub("", plain))
        return found is not None and found.label != label


def affirmed_only(text: str, label: str, lexicon: Lexicon) -> bool:
    """Return whether a text affirms no label but one; what it denies does not count."""
    text = without_long_quotes(text)
    return all(m.label == label or is_denied(text, m) for m in lexicon.mentions(text))
