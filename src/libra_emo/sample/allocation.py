"""How labels, unusable scenes, themes and languages are distributed over the films."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Literal

import numpy as np

from libra_emo.sample.draws import generator
from libra_emo.sample.options import SampleOptions
from libra_emo.sample.tables import DrawnTables
from libra_emo.taxonomy import Taxonomy

Purpose = Literal["kept", "too_short", "too_long", "no_subtitle", "no_face"]


def count_labels(options: SampleOptions, taxonomy: Taxonomy, tables: DrawnTables) -> dict[str, int]:
    """Return how many kept scenes each label gets: by its share, but no fewer than a minimum."""
    least = min(options.min_clips_per_label, options.clips // len(taxonomy.labels))
    free = options.clips - least * len(taxonomy.labels)
    above = np.maximum(np.array(label_shares(taxonomy, tables)) * options.clips - least, 0)
    if above.sum() == 0:
        above = np.ones(len(taxonomy.labels))
    exact = above / above.sum() * free
    counts = np.floor(exact).astype(int)
    for place in np.argsort(counts - exact, kind="stable")[: free - counts.sum()]:
        counts[place] += 1
    return {label: least + int(n) for label, n in zip(taxonomy.labels, counts, strict=True)}


def label_shares(taxonomy: Taxonomy, tables: DrawnTables) -> list[float]:
    """Return the share of each label among the scenes, in the taxonomy's order."""
    total = sum(tables.shares.values())
    return [tables.shares[label] / total for label in taxonomy.labels]


def allocate_labels(seed: int, options: SampleOptions, counts: dict[str, int]) -> list[list[str]]:
    """Return the labels of each film's scenes; every film gets several different labels."""
    # "deal" is part of the draw's key: another word would draw other films
    rng = generator(seed, "deal")
    films: list[list[str]] = [[] for _ in range(options.films)]
    order: list[int] = []
    for label, count in counts.items():
        for _ in range(count):
            if not order:
                order = [int(film) for film in rng.permutation(options.films)]
            films[order.pop()].append(label)
    return films


def reject_shares(options: SampleOptions) -> dict[Purpose, float]:
    """Return how many scenes of each unusable kind are added, as shares of `options.clips`."""
    return {
        "too_short": options.too_short_share,
        "too_long": options.too_long_share,
        "no_subtitle": options.no_subtitle_share,
        "no_face": options.no_face_share,
    }


def allocate_rejects(seed: int, options: SampleOptions, purpose: Purpose) -> list[int]:
    """Return how many scenes of an unusable kind each film gets, as evenly as possible."""
    total = round(reject_shares(options)[purpose] * options.clips)
    order = generator(seed, "rejects", purpose).permutation(options.films)
    counts = [0] * options.films
    for place in range(total):
        counts[order[place % options.films]] += 1
    return counts


def themes_and_languages(options: SampleOptions) -> Iterator[tuple[str, str]]:
    """Yield the theme and the language of each film; the themes alternate in each language."""
    turns = {language: itertools.cycle(options.themes) for language in ("en", "zh")}
    for number in range(options.films):
        before, after = (round((number + step) * options.chinese_share) for step in (0, 1))
        language = "zh" if after > before else "en"
        yield next(turns[language]), language
