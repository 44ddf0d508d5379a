"""Statements about a clip's face, voice and words that its measures support."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import yaml

from libra_emo.common.texts.folding import fold, longest_piece

PHRASES_FILE = Path(__file__).parent / "phrases.yml"
IQR_OF_NORMAL = 1.349
SEPARATORS = (". ", ", ")  # between the statements of a text
PIECES_KEPT = 10_000
Direction = Literal["high", "low", "present", "usual"]


@dataclass(frozen=True)
class Statement:
    """A part of a sentence that a clip's measures support.

    Attributes:
        part: face, voice or text.
        column: Measure of the statement; empty for a whole part.
        direction: high or low compared with the other clips, present, or usual.
        deviation: Signed deviation of the measure; 0 if there is none.
        text: Words of the statement.
    """

    part: str
    column: str
    direction: Direction
    deviation: float
    text: str


@dataclass(frozen=True)
class Claim:
    """A claim of a text about a measure; degree is the word that it uses, empty without one."""

    part: str
    column: str
    direction: Direction
    degree: str


class Phrases:
    """The words for measures, read from a YAML file."""

    def __init__(self, path: Path = PHRASES_FILE) -> None:
        content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.degrees = [(float(step["from"]), str(step["word"])) for step in content["degrees"]]
        self.openings: list[str] = content["openings"]
        self.parts: dict[str, Any] = content["parts"]
        self.present: dict[str, str] = content["present"]
        self.usual: dict[str, str] = content["usual"]
        self.words: str = content["words"]
        self._statements: dict[tuple[str, str, str], tuple[str, str]] = {}
        self._pieces: dict[str, list[tuple[int, Claim]]] = {}

    @cached_property
    def columns(self) -> dict[str, str]:
        """Measure → part, for the measures that are compared between clips."""
        return {column: part for part, words in self.parts.items() for column in words["cues"]}

    def columns_of(self, part: str) -> list[str]:
        """Return the measures of a part; a measure belongs to the last part that has it."""
        return self._by_part[part]

    @cached_property
    def _by_part(self) -> dict[str, list[str]]:
        return {
            part: [column for column, own in self.columns.items() if own == part]
            for part in self.parts
        }

    def degree(self, deviation: float) -> str:
        """Return the word for the size of a deviation."""
        size = abs(deviation)
        for least, word in self.degrees:
            if size >= least:
                return word
        raise ValueError(f"{PHRASES_FILE.name}: no degree for a deviation of {deviation}")

    def statement(self, column: str, deviation: float) -> Statement:
        """Return the statement about a measure with some deviation."""
        direction: Direction = "high" if deviation > 0 else "low"
        part, text = self._statement(column, direction, self.degree(deviation))
        return Statement(part, column, direction, deviation, text)

    def _statement(self, column: str, direction: Direction, degree: str) -> tuple[str, str]:
        """Return part and words of a statement; there are few, so each is made once."""
        key = (column, direction, degree)
        if key not in self._statements:
            part = self.columns[column]
            phrase = self.parts[part]["cues"][column][direction]
            self._statements[key] = (part, phrase.format(degree=degree))
        return self._statements[key]

    def claims(self, text: str) -> list[Claim]:
        """Return every claim that a text makes with these phrases, true or not."""
        found = [pair for piece in self._split(text) for pair in self._claims_of(piece)]
        found.sort(key=lambda pair: pair[0])
        return [claim for _, claim in found]

    def _split(self, text: str) -> list[str]:
        """Return a text in pieces over whose ends no claim reaches; most pieces come again."""
        pieces = [text]
        for separator in self._separators:
            pieces = [part for piece in pieces for part in piece.split(separator)]
        return pieces

    @cached_property
    def _separators(self) -> list[str]:
        words = [*(shape for _, shape in self._shapes), *(word for _, word in self.degrees)]
        return [
            mark
            for mark in SEPARATORS
            if not any(mark in f"{word}{mark[1:]}" or word.startswith(mark[1:]) for word in words)
        ]

    def _claims_of(self, piece: str) -> list[tuple[int, Claim]]:
        """Return the claims of a piece, each with the number of its pattern."""
        known = self._pieces.get(piece)
        if known is None:
            if len(self._pieces) >= PIECES_KEPT:
                self._pieces.clear()
            known = self._pieces[piece] = list(self._find_claims(piece))
        return known

    def _find_claims(self, text: str) -> Iterator[tuple[int, Claim]]:
        folded = fold(text)
        for number, (claim, pattern, piece, reach) in enumerate(self._patterns):
            place = folded.find(piece)
            if place < 0:
                continue
            for match in pattern.finditer(text, max(0, place - reach)):
                degree = match.groupdict().get("degree") or ""
                yield number, Claim(claim.part, claim.column, claim.direction, degree)

    @cached_property
    def _patterns(self) -> list[tuple[Claim, re.Pattern[str], str, int]]:
        """The pattern of each claim, a piece of it, and how far before the piece it may begin."""
        longest = max(len(word) for _, word in self.degrees)
        degrees = "|".join(re.escape(word) for _, word in self.degrees)
        return [
            (
                claim,
                re.compile(
                    re.escape(shape).replace(r"\{degree\}", f"(?P<degree>{degrees})"),
                    re.IGNORECASE,
                ),
                longest_piece(max(shape.split("{degree}"), key=len)),
                len(shape) + longest,
            )
            for claim, shape in self._shapes
        ]

    @cached_property
    def _shapes(self) -> list[tuple[Claim, str]]:
        """Each claim with its words, in which `{degree}` stands for one of several words."""
        shapes: list[tuple[Claim, str]] = []
        directions: tuple[Direction, ...] = ("high", "low")
        for column, part in self.columns.items():
            for direction in directions:
                phrase = self.parts[part]["cues"][column][direction]
                shapes.append((Claim(part, column, direction, ""), phrase))
        shapes += [
            (Claim("text", name, "present", ""), text) for name, text in self.present.items()
        ]
        shapes += [(Claim(part, "", "usual", ""), text) for part, text in self.usual.items()]
        return shapes


def measure_deviations(features: pd.DataFrame, phrases: Phrases) -> pd.DataFrame:
    """Return how far each clip stands out: one row for each clip_id, one column for each measure.

    Args:
        features: `Features`; the clips are compared with each other.
        phrases: Phrases of the measures; measures that the table lacks are left out.

    Returns:
        (value - median) / (interquartile range / 1.349); NaN if it was not measured, or if half of
        the clips have the same value.
    """
    names = [name for name in phrases.columns if name in features.columns]
    values = features.set_index("clip_id")[names].astype(float)
    spread = (values.quantile(0.75) - values.quantile(0.25)) / IQR_OF_NORMAL
    deviations: pd.DataFrame = (values - values.median()) / spread.where(spread > 0)
    return deviations.replace([np.inf, -np.inf], np.nan)


def list_statements(
    deviations: Mapping[str, float],
    measures: Mapping[str, Any],
    phrases: Phrases,
    min_deviation: float,
) -> list[Statement]:
    """Return all true statements about a clip, the largest deviation first in each part.

    Args:
        deviations: The clip's row of `measure_deviations`.
        measures: The clip's row of `Features`.
        phrases: Words for measures.
        min_deviation: Smallest deviation of a measure that stands out.
    """
    statements: list[Statement] = []
    for part in phrases.parts:
        measured = (column for column in phrases.columns_of(part) if column in deviations)
        known = [
            (-abs(value), column) for column in measured if (value := deviations[column]) == value
        ]
        out = sorted(pair for pair in known if -pair[0] >= min_deviation)
        statements += [phrases.statement(column, deviations[column]) for _, column in out]
        if known and not out:
            statements.append(Statement(part, "", "usual", 0.0, phrases.usual[part]))
    for column, text in phrases.present.items():
        if column in measures and float(measures[column]) > 0:
            statements.append(Statement("text", column, "present", 0.0, text))
    return statements
