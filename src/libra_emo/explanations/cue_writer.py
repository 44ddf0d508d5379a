"""The default writer: a text composed from the cues that were measured in the clip."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from libra_emo.common.digests import digest_text
from libra_emo.errors import LibraEmoError
from libra_emo.explanations.cue_checks import check_text, labels_named, mark_repeated, plain_quotes
from libra_emo.explanations.cues import (
    Phrases,
    Statement,
    list_statements,
    measure_deviations,
)
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.schemas import Explanations, Features, RoundLabels, check, check_labels
from libra_emo.taxonomy import Taxonomy

WRITER = "cues"
ROWS_AT_ONCE = 1_000


class ExplanationError(LibraEmoError):
    """A label cannot be explained."""


def write_explanations(
    labels: pd.DataFrame,
    features: pd.DataFrame,
    taxonomy: Taxonomy,
    options: ExplanationOptions,
) -> pd.DataFrame:
    """Return `Explanations`, one row for each labelled clip, each text checked.

    A clip is compared with all clips of the features table. Of its cues, those are named first that
    stand out in the same direction in the other clips of its label.

    Args:
        labels: `RoundLabels`.
        features: `Features` of at least the labelled clips.
        taxonomy: Taxonomy of the labels.
        options: Options of writing and checking.

    Raises:
        ExplanationError: If a labelled clip has no features.
    """
    labels = check(labels, RoundLabels).sort_values("clip_id", ignore_index=True)
    check_labels(labels["label"], taxonomy, "labels")
    features = check(features, Features).sort_values("clip_id", ignore_index=True)
    lost = sorted(set(labels["clip_id"]) - set(features["clip_id"]))
    if lost:
        raise ExplanationError(
            f"clip {lost[0]} has a label and no features; run preprocessing again"
        )
    phrases = Phrases()
    deviations = measure_deviations(features, phrases)
    profiles = profile_labels(labels, deviations)
    clips = features.set_index("clip_id").loc[labels["clip_id"]]
    texts: list[str | None] = []
    statuses: list[str] = []
    for clip_id, label, measures, own in zip(
        labels["clip_id"],
        labels["label"],
        _rows(clips),
        _rows(deviations.loc[labels["clip_id"]]),
        strict=True,
    ):
        statements = list_statements(own, measures, phrases, options.min_deviation)
        chosen = choose_statements(statements, profiles[label], options.cues_per_part)
        text = compose_text(
            clip_id, label, chosen, str(measures["subtitle"]), phrases, taxonomy, options
        )
        texts.append(text)
        statuses.append(
            check_text(text, label, measures, own, taxonomy, phrases, options, statements)
        )
    table = labels[["clip_id", "label"]].assign(
        explanation=pd.Series(texts, dtype="str"),
        writer=WRITER,
        status=mark_repeated(texts, statuses, options.max_identical),
    )
    return check(table, Explanations)


def profile_labels(labels: pd.DataFrame, deviations: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return how far the clips of each label stand out on average: label → measure → median."""
    known = deviations.reindex(labels["clip_id"])
    found = known.groupby(labels["label"].to_numpy()).median()
    return {str(label): _row(found, str(label)) for label in found.index}


def choose_statements(
    statements: Sequence[Statement], profile: Mapping[str, float], per_part: int
) -> list[Statement]:
    """Return at most `per_part` statements of each part, those typical of the label first."""

    def typicality(statement: Statement) -> tuple[float, float, str]:
        expected = profile.get(statement.column, 0.0)
        sign = math.copysign(1, statement.deviation)
        agreement = 0.0 if math.isnan(expected) else sign * expected
        return (-max(agreement, 0.0), -abs(statement.deviation), statement.column)

    chosen: list[Statement] = []
    for part in dict.fromkeys(statement.part for statement in statements):
        own = (statement for statement in statements if statement.part == part)
        chosen += sorted(own, key=typicality)[:per_part]
    return chosen


def compose_text(
    clip_id: str,
    label: str,
    statements: Sequence[Statement],
    subtitle: str,
    phrases: Phrases,
    taxonomy: Taxonomy,
    options: ExplanationOptions,
) -> str:
    """Return the text for one clip; a statement that names another label is left out.

    Args:
        clip_id: The clip, which decides on the opening.
        label: Label that is explained.
        statements: Statements to choose from.
        subtitle: Subtitle that is quoted, cut to whole words.
        phrases: Words for measures.
        taxonomy: Taxonomy of the labels.
        options: Options with the length of the quotation.
    """
    usable = [s for s in statements if not labels_named(s.text, taxonomy)]
    number = int(digest_text(clip_id)[:2], 16)
    opening = phrases.openings[number % len(phrases.openings)].format(label=label)
    sentences = [_capital(opening)]
    for part, words in phrases.parts.items():
        own = [statement for statement in usable if statement.part == part]
        if own:
            lead = "" if own[0].direction == "usual" else f"{words['lead']} "
            sentences.append(_sentence(lead, own))
    quote = quote_words(subtitle, options.max_quoted_characters)
    if quote:
        sentences.append(phrases.words.format(quote=quote))
    marks = [statement for statement in usable if statement.part == "text"]
    if marks:
        sentences.append(_sentence("", marks))
    return " ".join(sentences)


def quote_words(subtitle: str, max_characters: int) -> str:
    """Return a subtitle in one line, cut at a space with `…` if it is too long."""
    line = plain_quotes(subtitle)
    if len(line) <= max_characters:
        return line
    cut = line[:max_characters]
    space = cut.rfind(" ")
    return (cut[:space] if space > 0 else cut).rstrip() + "…"


def _rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Give the rows of a table; only a part of them lies in memory as Python's objects."""
    for start in range(0, len(table), ROWS_AT_ONCE):
        yield from table.iloc[start : start + ROWS_AT_ONCE].to_dict("records")  # type: ignore[misc]


def _row(table: pd.DataFrame, key: str) -> dict[str, Any]:
    return {str(name): value for name, value in table.loc[key].items()}


def _sentence(lead: str, statements: Sequence[Statement]) -> str:
    texts = [statement.text for statement in statements]
    joined = texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])}, and {texts[-1]}"
    return _capital(f"{lead}{joined}.")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
