"""The words that name a label: its name, its Chinese name, a synonym, or a finer label's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from libra_emo.taxonomy import EMOTIONS_FOLDER, Taxonomy, TaxonomyError, read_label_data

FILE = "synonyms"
CHINESE = re.compile(r"[㐀-鿿]")


class Synonyms(BaseModel):
    """The content of the file of synonyms.

    Attributes:
        synonyms: Label → words that mean it.
        idle_phrases: Phrases in which such a word says nothing; `*` is the rest of a word.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    synonyms: dict[str, tuple[str, ...]]
    idle_phrases: tuple[str, ...] = ()


class Word(NamedTuple):
    """A label that a word names, and the rules by which it does."""

    label: str
    rules: tuple[str, ...]


class Mention(NamedTuple):
    """A word that names a label, within a longer text."""

    start: int
    end: int
    label: str


class Lexicon:
    """Knows which permitted label a word names.

    Where only the coarse labels are permitted, the name of a finer one stands for its parent.

    Args:
        taxonomy: The emotions.
        permitted: The labels that may be answered; all of the taxonomy's when not given.
        folder: Where the file of synonyms lies.

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

    def word(self, text: str) -> Word | None:
        """Return what a word or phrase names, or None; capitals and spaces do not matter."""
        return self._words.get(_plain(text))

    def mentions(self, text: str) -> list[Mention]:
        """Return the places in a text that name a label, idle phrases left out."""
        masked = self._idle.sub(lambda match: " " * len(match.group()), text)
        found = (match for match in self._any.finditer(masked))
        return [Mention(m.start(), m.end(), self._words[_plain(m.group())].label) for m in found]

    def _collect(self, taxonomy: Taxonomy) -> dict[str, Word]:
        words: dict[str, Word] = {}
        for emotion in taxonomy.emotions:
            names = [(emotion.label, ())] if emotion.label in self.permitted else []
            fine: tuple[str, ...] = ()
            label = emotion.label
            if label not in self.permitted:
                label, fine = emotion.coarse, ("parent",)
            if label not in self.permitted:
                continue
            if fine:
                names.append((emotion.label, fine))  # type: ignore[arg-type]
            if emotion.chinese:
                names.append((emotion.chinese, ("chinese_name", *fine)))  # type: ignore[arg-type]
            for word in self._synonyms.synonyms.get(emotion.label, ()):
                names.append((word, ("synonym", *fine)))  # type: ignore[arg-type]
            for name, rules in names:
                known = words.setdefault(_plain(name), Word(label, rules))
                if known.label != label:
                    raise TaxonomyError(
                        f"{FILE}.yml: {name!r} stands for both {known.label} and {label}"
                    )
        return words

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
    """Return the regular expression of a word: a whole one, or Chinese anywhere."""
    if CHINESE.search(word):
        return re.escape(word)
    body = re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
    return rf"(?<![A-Za-z]){body}(?![A-Za-z])"


def _read_synonyms(taxonomy: Taxonomy, folder: Path) -> Synonyms:
    file = f"{FILE}.yml"
    try:
        content = Synonyms.model_validate(read_label_data(FILE, folder))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise TaxonomyError(f"{file}: {place}: {first['msg']}") from error
    return content
