"""The draw of the bench's films and clips: every language, theme and film has its share."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from libra_emo.annotation.options import BenchOptions
from libra_emo.common.seeding import draw_key, generator
from libra_emo.errors import LibraEmoError


class BenchError(LibraEmoError):
    """No bench can be drawn from these films."""


def draw_bench_films(
    candidates: pd.DataFrame, sources: pd.DataFrame, options: BenchOptions, seed: int
) -> list[str]:
    """Return the films of the bench, sorted.

    The films with candidates are ordered by language, theme and a draw from the seed, and taken
    at equal steps (systematic sampling). So every language, and every theme of a language, has its
    share of the films to within one film, however small it is. An unknown language or theme is a
    stratum of its own.

    Args:
        candidates: Clips, as Candidates.
        sources: Films, as Sources.
        options: Share of the films that is drawn.
        seed: Seed of the draw.

    Raises:
        BenchError: If fewer than two films gave candidates, or one of them is not in `sources`.
    """
    unknown = sorted(set(candidates["source_id"]) - set(sources["source_id"]))
    if unknown:
        raise BenchError(
            f"film {unknown[0]} has candidates but is not in the table of sources; run "
            "`kedro run --pipeline preprocessing` so that both are of the same films"
        )
    films = sources[sources["source_id"].isin(candidates["source_id"])]
    if len(films) < 2:
        raise BenchError(
            f"{len(films)} film{'' if len(films) == 1 else 's'} gave candidates, but the bench "
            "takes whole films and must leave one for training; add films with faces and "
            "subtitles to the folder that `films` names"
        )
    count = min(max(1, math.floor(len(films) * options.film_fraction + 0.5)), len(films) - 1)
    strata = films[["language", "theme"]].fillna("").apply(tuple, axis=1)
    ordered = _order(films["source_id"].tolist(), strata.tolist(), seed)
    return sorted(_take_at_equal_steps(ordered, count, seed, "bench films"))


def draw_sample(clips: pd.DataFrame, count: int, seed: int) -> list[str]:
    """Return the ids of the drawn clips, sorted.

    Every film has its share of the sample to within one clip. No other property of a clip matters.

    Args:
        clips: Candidates of the bench's films.
        count: Number of clips to draw; if there are fewer, all are taken.
        seed: Seed of the draw.
    """
    ordered = _order(clips["clip_id"].tolist(), clips["source_id"].tolist(), seed)
    return sorted(_take_at_equal_steps(ordered, min(count, len(ordered)), seed, "bench sample"))


def check_split(
    candidates: pd.DataFrame, sample: pd.DataFrame, pool: pd.DataFrame, withheld: pd.DataFrame
) -> None:
    """Check that each candidate is in one part, and that no film of the pool is held out.

    Raises:
        BenchError: If that is not so; it says how many clips or films are concerned.
    """
    parts = [*sample["clip_id"], *pool["clip_id"], *withheld["clip_id"]]
    if sorted(parts) != sorted(candidates["clip_id"]):
        raise BenchError(f"{len(candidates)} candidates came in, but {len(parts)} went out")
    shared = set(pool["source_id"]) & {*sample["source_id"], *withheld["source_id"]}
    if shared:
        raise BenchError(f"{len(shared)} films are both in the pool and in the bench")


def _order(ids: Sequence[str], strata: Sequence[object], seed: int) -> list[str]:
    """Return the ids ordered by stratum, and within a stratum in an order drawn from the seed."""
    rows = sorted(zip(strata, ids, strict=True), key=lambda row: (row[0], draw_key(seed, row[1])))
    return [identifier for _, identifier in rows]


def _take_at_equal_steps(ordered: list[str], count: int, seed: int, name: str) -> list[str]:
    start = generator(seed, name).random()
    return [ordered[int((start + k) * len(ordered) / count)] for k in range(count)]
