"""The voter that reads the subtitle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd
from pydantic import Field, ValidationError

from libra_emo.common.options import Options, describe_error
from libra_emo.common.texts.folding import Prefilter, fold, longest_piece
from libra_emo.schemas import Features, check
from libra_emo.taxonomy import EMOTIONS_FOLDER, Taxonomy, TaxonomyError, read_label_data
from libra_emo.voting.ballots import Ballot, cue_votes
from libra_emo.voting.profiles import require_cues

FILE = "text_cues"
SHOWN_CUES = 3
_CHINESE = re.compile(r"[㐀-鿿]")
_SPACES = re.compile(r"\s+")
_SIGNS = {
    "exclamation": re.compile(r"[!！]"),
    "question": re.compile(r"[?？]"),
    "ellipsis": re.compile(r"…|\.{3,}|。{2,}"),
}

Strength = Literal["strong", "plain", "weak"]


class LabelCues(Options):
    """The cues of one label.

    Attributes:
        cues: Strength → words and phrases, English and Chinese together. A `*` stands for the
            rest of an English word.
        signs: Exclamation, question, ellipsis, or statement (a text without cues and without the
            other signs) → weight.
    """

    cues: dict[Strength, tuple[str, ...]]
    signs: dict[Literal["exclamation", "question", "ellipsis", "statement"], float] = Field(
        default_factory=dict
    )


class TextCues(Options):
    """Content of the cue file.

    Attributes:
        weights: Strength → weight of a cue.
        negations: Words that cancel a cue which stands shortly after them.
        negation_reach: Largest distance of such a negation in words; in Chinese text twice as many
            characters.
        labels: Label → its cues.
        min_score: Smallest score with which a label wins; a single weak cue has 0.5.
        min_lead: Smallest difference to the score of the next label.
    """

    weights: dict[Strength, float]
    negations: tuple[str, ...] = ()
    negation_reach: int = Field(3, ge=0)
    labels: dict[str, LabelCues]
    min_score: float = Field(gt=0)
    min_lead: float = Field(gt=0)


class _Cue(NamedTuple):
    label: str
    weight: float
    pattern: re.Pattern[str]


class _Hit(NamedTuple):
    start: int
    end: int
    label: str
    weight: float


class TextVoter:
    """Adds up the cues of each label in the subtitle.

    Of overlapping cues the longest counts, and a cue soon after a negation does not count.
    Punctuation adds to labels that have a cue already. The voter abstains if the best score is too
    low or the next one too near.
    """

    def __init__(self, name: str, taxonomy: Taxonomy, folder: Path = EMOTIONS_FOLDER) -> None:
        self.name = name
        self.labels = taxonomy.labels
        self.cues = _read_cues(taxonomy, name, folder)
        self._compiled = Prefilter(self._compile())
        negations = [_pattern(word) for word in self.cues.negations]
        self._negation = re.compile("|".join(negations) or r"(?!)", re.IGNORECASE)

    def vote(self, features: pd.DataFrame) -> pd.DataFrame:
        """Return MachineVotes, one row for each clip, sorted by clip_id."""
        table = check(features, Features)
        read = cache(self._read)  # what is said often is read once
        clips = zip(table["clip_id"], table["subtitle"], strict=True)
        return cue_votes(self.name, (Ballot(clip_id, *read(text)) for clip_id, text in clips))

    def _compile(self) -> Iterator[tuple[_Cue, str]]:
        for label in self.labels:
            for strength, words in self.cues.labels[label].cues.items():
                for word in words:
                    pattern = re.compile(_pattern(word), re.IGNORECASE)
                    piece = longest_piece(max(word.split("*"), key=len))
                    yield _Cue(label, self.cues.weights[strength], pattern), piece

    def _read(self, subtitle: str) -> tuple[str | None, str]:
        """Return the label for which a subtitle speaks, if there is one, and why."""
        text = _SPACES.sub(" ", subtitle.replace("’", "'")).strip()
        hits = self._hits(text)
        scores = self._scores(text, hits)
        order = sorted(self.labels, key=lambda label: (-scores[label], self.labels.index(label)))
        best, next_best = order[0], order[1]
        if scores[best] < self.cues.min_score:
            return None, "no words that speak for one label"
        if scores[best] - scores[next_best] < self.cues.min_lead:
            return None, f"the words speak for {best} and {next_best} alike"
        cues = [text[hit.start : hit.end].strip() for hit in hits if hit.label == best]
        if not cues:
            return best, "a plain statement without a word of feeling"
        quoted = ", ".join(f'"{cue}"' for cue in dict.fromkeys(cues[:SHOWN_CUES]))
        return best, f"the words {quoted}"

    def _hits(self, text: str) -> list[_Hit]:
        """Return the cues that count, in their order in the text."""
        hits = [
            _Hit(match.start(), match.end(), cue.label, cue.weight)
            for cue in self._compiled.possible(fold(text))
            for match in cue.pattern.finditer(text)
            if not self._negated(text, match.start())
        ]
        longest = [
            hit
            for hit in hits
            if not any(
                other.start <= hit.start
                and hit.end <= other.end
                and other.end - other.start > hit.end - hit.start
                for other in hits
            )
        ]
        return sorted(longest)

    def _negated(self, text: str, start: int) -> bool:
        """Return whether a negation stands shortly before a position, in the same clause."""
        before = re.split(r"[,.;:!?，。；：！？…]", text[:start])[-1]
        reach = self.cues.negation_reach
        if _CHINESE.search(text[start : start + 1]):
            near = before[-2 * reach :]
        else:
            near = " ".join(before.split()[-reach:]) if reach else ""
        return bool(self._negation.search(near))

    def _scores(self, text: str, hits: list[_Hit]) -> dict[str, float]:
        scores = dict.fromkeys(self.labels, 0.0)
        for hit in hits:
            scores[hit.label] += hit.weight
        present = [sign for sign, pattern in _SIGNS.items() if pattern.search(text)]
        if not hits and not present and text:
            present = ["statement"]
        for label in self.labels:
            for sign, weight in self.cues.labels[label].signs.items():
                if sign in present and (scores[label] > 0 or sign == "statement"):
                    scores[label] += weight
        return scores


def _pattern(word: str) -> str:
    """Return the regular expression of a cue: whole words, or Chinese anywhere."""
    if _CHINESE.search(word):
        return re.escape(word)
    body = re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", " ")
    return rf"(?<!\w){body}(?!\w)"


def _read_cues(taxonomy: Taxonomy, voter: str, folder: Path) -> TextCues:
    file = f"{FILE}.yml"
    try:
        cues = TextCues.model_validate(read_label_data(FILE, folder))
    except ValidationError as error:
        raise TaxonomyError(f"{file}: {describe_error(error)}") from error
    require_cues(cues.labels, taxonomy, voter, file)
    return cues
