"""Measures what votes say: the consensus beside crowd-kit's, and agreement with its interval."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
from crowdkit.aggregation import MajorityVote

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.consensus import AGREED, OTHER, decide
from libra_emo.annotation.statistics.alpha import estimate_alpha
from libra_emo.annotation.statistics.distances import nominal_distances
from libra_emo.taxonomy import read_taxonomy

FERPLUS = Path(__file__).parents[1] / "../shared/real/labels/ferplus/fer2013new.csv"
COLUMNS = {"clip_id": "task", "annotator": "worker", "label": "label"}
VOTES_PER_CLIP = 4
DRAWS = 1000
RUNS = 3


def make_votes(campaign: Campaign, count: int, seed: int) -> pd.DataFrame:
    """Return votes of people who give a clip's own label three times in five."""
    draw = np.random.default_rng(seed)
    clips = count // VOTES_PER_CLIP
    own = np.repeat(draw.integers(len(campaign.labels), size=clips), VOTES_PER_CLIP)
    drawn = draw.integers(len(campaign.answers), size=len(own))
    chosen = np.where(draw.random(len(own)) < 0.6, own, drawn)
    clip = np.repeat(np.arange(clips), VOTES_PER_CLIP)
    person = np.tile(np.arange(VOTES_PER_CLIP), clips) + 5 * (clip % 10)
    moment = pd.Timestamp("2026-03-01", tz="UTC")
    return pd.DataFrame(
        {
            "campaign": campaign.name,
            "clip_id": pd.Series([f"film-{n:08x}-000000000-000004000" for n in clip], dtype="str"),
            "annotator": pd.Series([f"person {n}" for n in person], dtype="str"),
            "label": pd.Series(np.array(campaign.answers)[chosen], dtype="str"),
            "voted_at": moment.isoformat(timespec="microseconds"),
            "seconds": 4.5,
        }
    )


def read_long(long: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """Return crowd-kit's long table as votes of a campaign."""
    names = {theirs: ours for ours, theirs in COLUMNS.items()}
    undated = pd.array([None], dtype="str").take(np.zeros(len(long), dtype=np.int64))
    votes = long.rename(columns=names)
    return votes.assign(campaign=campaign.name, voted_at=undated, seconds=np.nan)


def measure_consensus(count: int, seed: int) -> dict[str, float | int]:
    """Return seconds of the consensus and of crowd-kit's majority vote over the same votes.

    Both get crowd-kit's long table (task, worker, label), and the quickest of three runs counts.
    `winners_differ` is the number of clips without a tie for which the two name another answer.
    """
    campaign = Campaign.of("round_1", read_taxonomy(), VOTES_PER_CLIP, 2)
    votes = make_votes(campaign, count, seed)
    long = votes[[*COLUMNS]].rename(columns=COLUMNS)
    ours_s = theirs_s = float("inf")
    for _ in range(RUNS):
        start = time.perf_counter()
        decisions = decide(read_long(long, campaign), campaign)
        between = time.perf_counter()
        majority = MajorityVote().fit_predict(long)
        ours_s = min(ours_s, between - start)
        theirs_s = min(theirs_s, time.perf_counter() - between)
    won = decisions[decisions["outcome"].isin([AGREED, OTHER])].set_index("clip_id")["label"]
    won = won.fillna(campaign.other)
    return {
        "consensus_votes": len(votes),
        "consensus_s": round(ours_s, 3),
        "crowd_kit_s": round(theirs_s, 3),
        "consensus_ratio": round(theirs_s / ours_s, 1),
        "winners": len(won),
        "winners_differ": int((majority.loc[won.index].astype(str) != won.astype(str)).sum()),
    }


def measure_alpha() -> dict[str, float]:
    """Return alpha of FER+ with its interval, and the seconds; nothing where FER+ is absent."""
    if not FERPLUS.exists():
        return {}
    table = pd.read_csv(FERPLUS)
    counts = table.iloc[:, 2:].to_numpy()
    start = time.perf_counter()
    found = estimate_alpha(counts, [nominal_distances(counts.shape[1])], draws=DRAWS, seed=1)[0]
    return {
        "ferplus_alpha": round(found.value, 4),
        "ferplus_low": round(found.low, 4),
        "ferplus_high": round(found.high, 4),
        "ferplus_alpha_s": round(time.perf_counter() - start, 3),
    }
