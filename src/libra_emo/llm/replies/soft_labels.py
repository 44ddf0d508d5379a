"""Soft labels: the probability of each label by the log-probabilities of a reply's tokens."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Token(NamedTuple):
    """A token of a reply, and the log-probabilities of what could stand in its place."""

    text: str
    alternatives: Mapping[str, float]


def label_probabilities(
    logprobs: str | None, label: str, labels: Sequence[str], others: Sequence[str] = ()
) -> dict[str, float] | None:
    """Return the probability of each label at the place where a reply has its label.

    The probability of the given label is that of its tokens. An alternative to one of them counts
    for the labels that go on like it, in equal parts where there are several.

    Args:
        logprobs: Log-probabilities of the first tokens as JSON.
        label: Label that was read out of the reply.
        labels: Permitted labels.
        others: Further answers that may stand there, which get no probability.

    Returns:
        Label → probability, adding up to 1; None if they are not known.
    """
    tokens = _read(logprobs)
    place = _find(tokens, label)
    if place is None:
        return None
    masses = dict.fromkeys((*labels, *others), 0.0)
    here, before = place
    reached, path = "", 1.0
    while len(reached) < len(label) and here < len(tokens):
        token = tokens[here]
        own = token.text[before:]
        for text, logprob in token.alternatives.items():
            if text == token.text or text[:before] != token.text[:before]:
                continue
            _share(masses, label, reached + text[before:].strip("\"' "), path * math.exp(logprob))
        path *= math.exp(token.alternatives.get(token.text, 0.0))
        reached, here, before = reached + own, here + 1, 0
    masses[label] += path
    total = sum(masses[name] for name in labels)
    return {name: masses[name] / total for name in labels} if total > 0 else None


def _share(masses: dict[str, float], label: str, begin: str, mass: float) -> None:
    """Give a probability to the labels that begin like a text, or that the text begins with."""
    plain = begin.casefold()
    alike = [
        name
        for name in masses
        if name != label and plain and (name.startswith(plain) or plain.startswith(name))
    ]
    for name in alike:
        masses[name] += mass / len(alike)


def _read(logprobs: str | None) -> list[Token]:
    try:
        return [Token(text, known) for text, known in json.loads(logprobs or "[]")]
    except (ValueError, TypeError):
        return []


def _find(tokens: Sequence[Token], label: str) -> tuple[int, int] | None:
    """Return the token in which a label begins, and how many characters of it come before."""
    whole = "".join(token.text for token in tokens)
    start = whole.casefold().find(label.casefold())
    if start < 0:
        return None
    for place, token in enumerate(tokens):
        if start < len(token.text):
            return place, start
        start -= len(token.text)
    return None
