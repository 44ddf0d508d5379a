"""The tables of the sample: how faces, voices and sentences show each label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from libra_emo.common.digests import digest_json
from libra_emo.errors import LibraEmoError
from libra_emo.taxonomy import EMOTIONS_FOLDER, Taxonomy, read_label_data

EXPRESSIONS, VOICES, LINES = "drawn_expressions", "drawn_voices", "spoken_lines"
LANGUAGES = ("en", "zh")


class SampleError(LibraEmoError):
    """The sample cannot be drawn with these options, tables or films."""


@dataclass(frozen=True)
class DrawnTables:
    """The content of the sample's tables.

    Attributes:
        shares: Label → its frequency relative to the other labels.
        faces: Label → variants of the expression, each a mapping of strengths.
        voices: Label → variants of the voice, each a mapping of offsets from the calm voice.
        lines: Language → label → sentences; several labels may share a sentence.
        bland: Language → sentences that fit any label.
        openers: Language → words that may precede any sentence.
        digest: Eight hexadecimal digits that change with the content of the files.
    """

    shares: Mapping[str, float]
    faces: Mapping[str, list[dict[str, float]]]
    voices: Mapping[str, list[dict[str, float]]]
    lines: Mapping[str, Mapping[str, list[str]]]
    bland: Mapping[str, list[str]]
    openers: Mapping[str, list[str]]
    digest: str


def read_tables(taxonomy: Taxonomy, folder: Path = EMOTIONS_FOLDER) -> DrawnTables:
    """Return the three tables, restricted to the labels of a taxonomy.

    Raises:
        SampleError: If a label has no entry in one of the files.
    """
    expressions = _by_label(read_label_data(EXPRESSIONS, folder), taxonomy, EXPRESSIONS)
    voices = _by_label(read_label_data(VOICES, folder), taxonomy, VOICES)
    spoken = read_label_data(LINES, folder)
    own = _by_label(spoken.get("labels", {}), taxonomy, LINES)
    lines = {
        language: {label: _lines(own, spoken["shared"], label, language) for label in own}
        for language in LANGUAGES
    }
    _require_lines(lines)
    return DrawnTables(
        shares={label: float(entry["share"]) for label, entry in expressions.items()},
        faces={label: entry["faces"] for label, entry in expressions.items()},
        voices=voices,
        lines=lines,
        bland=spoken["bland"],
        openers=spoken["openers"],
        digest=digest_json([expressions, voices, own, spoken])[:8],
    )


def _by_label(content: Mapping[str, Any], taxonomy: Taxonomy, name: str) -> dict[str, Any]:
    for label in taxonomy.labels:
        if not content.get(label):
            raise SampleError(
                f"{name}.yml: no entry for the label {label!r}; add one, or name films of your own"
            )
    return {label: content[label] for label in taxonomy.labels}


def _lines(
    own: Mapping[str, Any], shared: list[dict[str, Any]], label: str, language: str
) -> list[str]:
    common = [entry[language] for entry in shared if label in entry["labels"]]
    return [*own[label].get(language, []), *common]


def _require_lines(lines: Mapping[str, Mapping[str, list[str]]]) -> None:
    for language, by_label in lines.items():
        for label, sentences in by_label.items():
            if not sentences:
                raise SampleError(f"{LINES}.yml: the label {label!r} has no line in {language!r}")
