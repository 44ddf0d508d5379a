"""Validation films: set aside from the pool, they judge the student of each round.

Without them the bench judges it, and a loop that stops by its score has read the test set. Each
film has a draw from its content and the seed, and those with the lowest draws are set aside. So
another file name changes nothing, and another film changes at most one.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable

import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.collection import Annotators
from libra_emo.annotation.options import BenchOptions
from libra_emo.annotation.settlement import settle
from libra_emo.common.seeding import uniforms
from libra_emo.leakage.search import find_leaks
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.bench.membership import CLIP, key_clips
from libra_emo.pipelines.bench.split import BenchError
from libra_emo.taxonomy import Taxonomy

CAMPAIGN = "validation"
LEAST_FILMS = 2  # below two nobody could say how much films differ
WANTED_FILMS = 4  # below four a bootstrap's 95 % interval ends at the draw of one film alone
LARGEST_SHARE = 3  # one in so many films of a small pool

logger = logging.getLogger(__name__)


def set_validation_aside(
    films_of_pool: pd.DataFrame,
    rest_of_bench: pd.DataFrame,
    sources: pd.DataFrame,
    bench: BenchOptions,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the validation sample, the pool without its films, and the withheld clips.

    Each clip that came in is in exactly one of them. Without validation films the sample is empty.

    Args:
        films_of_pool: Candidates of the films that are not the bench's.
        rest_of_bench: Candidates of the bench's films that are not in its sample.
        sources: Sources, for the films' content.
        bench: Share of the films, and how many of their clips people label.
        seed: Seed of the draws.

    Raises:
        BenchError: If no film would be left for training.
    """
    keyed = key_clips(films_of_pool, sources)
    chosen = _draw_films(keyed["sha256"], bench.validation.film_fraction, seed)
    aside = keyed[keyed["sha256"].isin(chosen)].sort_values("clip_id").drop_duplicates(CLIP)
    times = aside["start_ms"].astype(str) + ":" + aside["end_ms"].astype(str)
    order = uniforms(aside["sha256"] + ":" + times, seed, "validation clip").argsort(kind="stable")
    drawn = aside["clip_id"].iloc[order[: bench.validation.sample_clips]]
    in_sample = films_of_pool["clip_id"].isin(drawn).to_numpy()
    held_out = keyed["sha256"].isin(chosen).to_numpy()
    others = films_of_pool[held_out & ~in_sample]
    withheld = pd.concat([rest_of_bench, others]) if len(others) else rest_of_bench
    return (
        films_of_pool[in_sample].reset_index(drop=True),
        films_of_pool[~held_out].reset_index(drop=True),
        withheld.sort_values("clip_id").reset_index(drop=True),
    )


def find_held_out_leaks(
    bench_sample: pd.DataFrame,
    validation_sample: pd.DataFrame,
    pool: pd.DataFrame,
    sources: pd.DataFrame,
    clip_shards: ShardReader,
) -> pd.DataFrame:
    """Return the clips of the pool that show what a clip of bench or validation shows.

    See `libra_emo.leakage.search.find_leaks`.
    """
    samples = [bench_sample, *([validation_sample] if len(validation_sample) else [])]
    return find_leaks(pd.concat(samples, ignore_index=True), pool, sources, clip_shards)


def settle_validation(
    validation_sample: pd.DataFrame,
    human_votes: pd.DataFrame,
    annotators: Annotators,
    taxonomy: Taxonomy,
    bench: BenchOptions,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the labels of the validation sample as RoundLabels, and its Dropped clips."""
    campaign = validation_campaign(taxonomy, bench)
    return settle_sample(validation_sample, human_votes, campaign, annotators)


def settle_sample(
    sample: pd.DataFrame, human_votes: pd.DataFrame, campaign: Campaign, annotators: Annotators
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the labels of a sample that people label before round 1, and its Dropped clips."""
    simulated = annotators == "simulated"
    return settle(sample["clip_id"], human_votes, campaign, round_number=0, simulated=simulated)


def validation_campaign(taxonomy: Taxonomy, bench: BenchOptions) -> Campaign:
    """Return the campaign in which people label the validation sample."""
    options = bench.validation
    return Campaign.of(CAMPAIGN, taxonomy, options.annotators_per_clip, options.threshold)


def _draw_films(contents: Iterable[str], fraction: float, seed: int) -> set[str]:
    """Return the content of the films that are set aside: those with the lowest draws.

    A small fraction is raised to four films, though not beyond a third of the pool's. If that is
    fewer than two, none are set aside.
    """
    films = pd.Series(sorted(set(contents)), dtype="str")
    if not fraction:
        return set()
    draws = uniforms(films, seed, "validation film")
    wanted = min(WANTED_FILMS, len(films) // LARGEST_SHARE)
    count = max(wanted, math.floor(fraction * len(films) + 0.5))
    if count < LEAST_FILMS:
        logger.warning(
            "No films are set aside for validation, since the bench leaves only %s; the bench "
            "is opened in every round. Six films beside the bench are enough.",
            len(films),
        )
        return set()
    if count >= len(films):
        raise BenchError(
            f"{count} films would be set aside for validation, but the bench leaves {len(films)}; "
            "add films, or set bench.validation.film_fraction to 0, so that the bench judges the "
            "student of each round"
        )
    return set(films[draws.argsort(kind="stable")[:count]])
