"""Checks that a composed text must pass before it may stand beside a label."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from libra_emo.common.texts.folding import fold, longest_piece
from libra_emo.explanations.cues import Claim, Direction, Phrases, Statement, list_statements
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.taxonomy import Taxonomy

OK = "ok"
REPEATED = "repeated"
_QUOTED = re.compile(r"“([^”]*)”")


def labels_named(text: str, taxonomy: Taxonomy) -> set[str]:
    """Return the labels whose name, or a word that begins with it, stands outside quotation marks.

    If one label's name begins with another's, the longer one counts.
    """
    return set(_labels_named(text, taxonomy.labels))


@lru_cache(maxsize=4096)  # the same statements come again and again
def _labels_named(text: str, labels: tuple[str, ...]) -> frozenset[str]:
    plain = _unquoted(text)
    folded = fold(plain)
    by_length = sorted(labels, key=len, reverse=True)
    possible = tuple(name for name in by_length if longest_piece(name) in folded)
    if not possible:
        return frozenset()
    lower = {label.lower(): label for label in labels}
    return frozenset(lower[name.lower()] for name in _names(possible).findall(plain))


@lru_cache(maxsize=1024)
def _names(labels: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of some labels, the longest of which come first."""
    names = "|".join(re.escape(label) for label in labels)
    return re.compile(rf"(?<![A-Za-z])(?:{names})", re.IGNORECASE)


def check_text(
    text: str | None,
    label: str,
    measures: Mapping[str, Any],
    deviations: Mapping[str, float],
    taxonomy: Taxonomy,
    phrases: Phrases,
    options: ExplanationOptions,
    statements: Sequence[Statement] | None = None,
) -> str:
    """Return `ok`, or the name of the first check that a text fails.

    - `empty`, `too_short`, `too_long`: its length.
    - `label_missing`: it does not name its label.
    - `other_label`: it names another one outside quotation marks.
    - `misquoted`: it quotes words that the subtitle does not contain.
    - `contradiction`: it makes a statement about a measure that the measure does not support.
    - `no_cue`: it names no measure and quotes no word of this clip.

    Args:
        text: The explanation.
        label: Label that it explains.
        measures: The clip's row of `Features`.
        deviations: The clip's row of `measure_deviations`.
        taxonomy: Taxonomy of the labels.
        phrases: Words for measures.
        options: Options of the checks.
        statements: All true statements about the clip, if they are known already.
    """
    text = (text or "").strip()
    quotes = _QUOTED.findall(text)
    claims = phrases.claims(_unquoted(text))
    true = statements
    if true is None:
        true = list_statements(deviations, measures, phrases, options.min_deviation)
    held = {(s.part, s.column, s.direction): s.deviation for s in true}
    named = labels_named(text, taxonomy)
    subtitle = plain_quotes(str(measures.get("subtitle", ""))).lower()
    failures = {
        "empty": not text,
        "too_short": len(text) < options.min_characters,
        "too_long": len(text) > options.max_characters,
        "label_missing": label not in named,
        "other_label": bool(named - {label}),
        "misquoted": any(not _holds(subtitle, quote) for quote in quotes),
        "contradiction": any(not _is_true(claim, held, phrases) for claim in claims),
        "no_cue": not claims and not quotes,
    }
    return next((name for name, failed in failures.items() if failed), OK)


def plain_quotes(subtitle: str) -> str:
    """Return a subtitle in one line without the quotation marks that explanations use."""
    return " ".join(subtitle.replace("“", "").replace("”", "").split())


def mark_repeated(
    texts: Sequence[str | None], statuses: Sequence[str], max_identical: int
) -> list[str]:
    """Return the statuses, with `repeated` for texts that more than `max_identical` clips share."""
    plain = [_plain(text or "") for text in texts]
    counts = Counter(plain)
    return [
        REPEATED if status == OK and counts[text] > max_identical else status
        for text, status in zip(plain, statuses, strict=True)
    ]


def _is_true(
    claim: Claim, held: Mapping[tuple[str, str, Direction], float], phrases: Phrases
) -> bool:
    """Return whether a claim is among the statements that hold: measure → deviation."""
    deviation = held.get((claim.part, claim.column, claim.direction))
    return deviation is not None and claim.degree.lower() in ("", phrases.degree(deviation))


def _holds(subtitle: str, quote: str) -> bool:
    part = _plain(quote.strip().removeprefix("…").removesuffix("…"))
    return bool(part) and part in subtitle


def _unquoted(text: str) -> str:
    return _QUOTED.sub("“”", text)


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()
