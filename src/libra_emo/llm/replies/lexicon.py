"""Words that name a label: its name, its Chinese name, a synonym, or the name of a finer label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from libra_emo.common.options import Options, describe_error
from libra_emo.taxonomy import EMOTIONS_FOLDER, Emotion, Taxonomy, TaxonomyError, read_label_data

FILE = "synonyms"
CHINESE = re.compile(r"[㐀-鿿]")


class Synonyms(Options):
    """Content of the file of synonyms.

    Attributes:
        synonyms: Label → words that mean it.
        idle_phrases: Phrases in which such a word names no label; `*` is the rest of a word.
    """

    synonyms: dict[str, tuple[str, ...]]
    idle_phrases: tuple[str, ...] = ()


class NamedLabel(NamedTuple):
    """Label that a word names, and the rules by which it does."""

    label: str
    rules: tuple[str, ...]


class Mention(NamedTuple):
    """Position of a word that names a label, within a longer text."""

    start: int
    end: int
    label: str


class Lexicon:
    """Finds the permitted label that a word names.

    If only the coarse labels are permitted, the name of a finer label stands for its parent.

    Args:
        taxonomy: Taxonomy of the emotions.
        permitted: Labels that a model may answer; all of the taxonomy when not given.
        folder: Folder of the file of synonyms.

    Raises:
        TaxonomyError: If the file of synonyms is wrong, or one word stands for two labels.
    """

    def __init__(
        self,
        taxonomy: Taxonomy,
        permitted: Iterable[str] | None = None,
        folder: Path = EMOTIONS_FOLDER,
    ) -> None:
        self.permitted = tuple(taxonomy.labels if permitted is None else permitted)
        for label in self.permitted:
            taxonomy[label]
        self._synonyms = _read_synonyms(taxonomy, folder)
        self._words = self._collect(taxonomy)

    def find(self, text: str) -> NamedLabel | None:
        """Return the label that a word names, or None; capitals and extra spaces are ignored."""
        return self._words.get(_plain(text))

    def mentions(self, text: str) -> list[Mention]:
        """Return the words of a text that name a label, without those in idle phrases."""
        masked = self._idle.sub(lambda match: " " * len(match.group()), text)
        found = (match for match in self._any.finditer(masked))
        return [Mention(m.start(), m.end(), self._words[_plain(m.group())].label) for m in found]

    def _collect(self, taxonomy: Taxonomy) -> dict[str, NamedLabel]:
        words: dict[str, NamedLabel] = {}
        for emotion in taxonomy.emotions:
            label, fine = emotion.label, tuple[str, ...]()
            if label not in self.permitted:
                label, fine = emotion.coarse, ("parent",)
            if label not in self.permitted:
                continue
            for name, rules in self._names(emotion):
                known = words.setdefault(_plain(name), NamedLabel(label, (*rules, *fine)))
                if known.label != label:
                    raise TaxonomyError(
                        f"{FILE}.yml: {name!r} stands for both {known.label} and {label}"
                    )
        return words

    def _names(self, emotion: Emotion) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the words that name an emotion, each with the rule that applies."""
        yield emotion.label, ()
        if emotion.chinese:
            yield emotion.chinese, ("chinese_name",)
        for word in self._synonyms.synonyms.get(emotion.label, ()):
            yield word, ("synonym",)

    @cached_property
    def _any(self) -> re.Pattern[str]:
        longest_first = sorted(self._words, key=lambda word: (-len(word), word))
        return re.compile("|".join(map(_pattern, longest_first)), re.IGNORECASE)

    @cached_property
    def _idle(self) -> re.Pattern[str]:
        phrases = [_pattern(phrase) for phrase in self._synonyms.idle_phrases]
        return re.compile("|".join(phrases) or r"(?!)", re.IGNORECASE)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _pattern(word: str) -> str:
    """Return the regular expression of a word: a whole word, or Chinese characters anywhere."""
    if CHINESE.search(word):
        return re.escape(word)
    body = re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
    return rf"(?<![A-Za-z]){body}(?![A-Za-z])"


def _read_synonyms(taxonomy: Taxonomy, folder: Path) -> Synonyms:
    file = f"{FILE}.yml"
    try:
        content = Synonyms.model_validate(read_label_data(FILE, folder))
    except ValidationError as error:
        raise TaxonomyError(f"{file}: {describe_error(error)}") from error
    return content
