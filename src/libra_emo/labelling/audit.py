"""The audit: a random sample of all labelled clips that a fresh panel answers blindly.

Every labelled clip, settled by people or not, has a known probability of being drawn, so that
what the panel says of the sample holds for all labels (Horvitz, D. G., and Thompson, D. J. (1952).
A generalization of sampling without replacement from a finite universe. Journal of the American
Statistical Association 47, 663-685). Clips are drawn one by one and independently (Bernoulli
sampling) by a hash of seed, round and id: a killed run draws the same clips again.

The firewall: answers of an audit stay sealed until the interval of their round is written. Sealed
answers choose, teach, calibrate and label nothing; afterwards they are ordinary votes.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from pydantic import Field

from libra_emo.common.options import CampaignOptions
from libra_emo.common.seeding import uniforms
from libra_emo.labelling.votes import Bools, Floats, Ints, LabellingError

SAMPLE_COLUMNS = ("clip_id", "source_id", "label", "origin", "probability", "drawn")
LEAST_EXPECTED_ERROR = 0.02
LEAST_CLIPS = 2  # of a stratum: one alone says nothing about how much they differ


class SealedVotesError(LabellingError):
    """Answers of an audit would be used before the interval of their round is written."""


class AuditOptions(CampaignOptions):
    """How large an audit is, and how its panel decides: the rule of the rounds.

    Attributes:
        clips: How many clips are drawn, on average.
        max_share: Largest share of the labels that is drawn, on average, for small datasets.
        min_clips_per_stratum: How many clips of each stratum at least, on average; of a small
            stratum its largest share, but two.
    """

    annotators_per_clip: int = Field(default=4, ge=1)
    threshold: int = Field(default=2, ge=1)
    clips: int = Field(default=400, ge=1)
    max_share: float = Field(default=1.0, gt=0, le=1)
    min_clips_per_stratum: float = Field(default=8, gt=0)


def strata(labels: pd.DataFrame) -> Ints:
    """Return the stratum of each labelled clip by position: its class and origin together."""
    keys = labels["label"].astype(str) + "\0" + labels["origin"].astype(str)
    return pd.factorize(keys, sort=True)[0].astype(np.int64)


def inclusion_probabilities(
    stratum: Ints,
    expected_error: Floats,
    clips: float,
    min_clips_per_stratum: float,
    max_share: float = 1.0,
) -> Floats:
    """Return the probability with which each clip is drawn: constant within a stratum.

    A stratum gets clips in proportion to its size and to the deviation of the error expected in
    it (Neyman's allocation; Cochran (1977), section 5.5), and no fewer than a minimum.

    Args:
        stratum: Stratum of each clip by position.
        expected_error: Probability of each clip's label being wrong, as the posterior has it.
        clips: How many clips are to be drawn, on average; minima may make them a few more.
        min_clips_per_stratum: How many of each stratum at least, if it has as many.
        max_share: Share of all clips that is drawn at most; the minimum of a stratum is no larger
            share of it, but two clips.
    """
    clips = min(clips, max_share * len(stratum))
    sizes = np.bincount(stratum)
    error = np.bincount(stratum, weights=expected_error) / np.maximum(sizes, 1)
    error = np.clip(error, LEAST_EXPECTED_ERROR, 0.5)
    wish = sizes * np.sqrt(error * (1 - error))
    most = np.minimum(sizes, np.maximum(max_share * sizes, LEAST_CLIPS))
    least = np.minimum(min_clips_per_stratum, most)
    low, high = 0.0, float(clips) / max(wish[wish > 0].min(), 1e-12)
    for _ in range(60):
        factor = (low + high) / 2
        total = np.minimum(np.maximum(wish * factor, least), sizes).sum()
        low, high = (factor, high) if total < clips else (low, factor)
    drawn = np.minimum(np.maximum(wish * low, least), sizes)
    probability: Floats = (drawn / np.maximum(sizes, 1))[stratum]
    return probability


def draw_audit(
    labels: pd.DataFrame,
    sources: pd.Series,
    expected_error: Floats,
    options: AuditOptions,
    *,
    seed: int,
    round_number: int,
) -> pd.DataFrame:
    """Return the audit's frame: every labelled clip with its probability, and whether it is drawn.

    Args:
        labels: RoundLabels that are to be released.
        sources: The film of each clip, by clip_id.
        expected_error: Probability of each label being wrong, in the order of `labels`.
        options: Size of the audit.
        seed: Seed of the run.
        round_number: The round, so that each round draws clips of its own.

    Returns:
        A row a labelled clip, in the order of `labels`: clip_id, source_id, label, origin,
        probability, drawn.
    """
    frame = labels[["clip_id", "label", "origin"]].reset_index(drop=True)
    frame["source_id"] = frame["clip_id"].map(sources)
    if frame["source_id"].isna().any():
        first = frame.loc[frame["source_id"].isna(), "clip_id"].iloc[0]
        raise LabellingError(f"the film of clip {first} is not known; give its source_id")
    frame["probability"] = inclusion_probabilities(
        strata(frame),
        expected_error,
        options.clips,
        options.min_clips_per_stratum,
        options.max_share,
    )
    frame["drawn"] = is_drawn(frame["clip_id"], frame["probability"].to_numpy(), seed, round_number)
    return frame[list(SAMPLE_COLUMNS)]


def is_drawn(clips: pd.Series, probability: Floats, seed: int, round_number: int) -> Bools:
    """Return whether each clip is drawn for a round's audit."""
    drawn: Bools = uniforms(clips, seed, "audit", round_number) < probability
    return drawn


def usable_votes(votes: pd.DataFrame, sealed_campaigns: Collection[str]) -> pd.DataFrame:
    """Return the votes that may be learnt from: all but those of audits that are still sealed.

    Args:
        votes: HumanVotes of all campaigns.
        sealed_campaigns: Names of the audits whose round's interval is not written yet.
    """
    return votes[~votes["campaign"].isin(list(sealed_campaigns))].reset_index(drop=True)


def check_unsealed(votes: pd.DataFrame, sealed_campaigns: Collection[str]) -> None:
    """Raise if a table holds answers of an audit that is still sealed.

    Whatever selects, trains, calibrates or labels calls this with the votes that it is given.

    Raises:
        SealedVotesError: If so, naming the audit and what to do.
    """
    found = sorted(set(votes["campaign"]) & set(sealed_campaigns))
    if found:
        raise SealedVotesError(
            f"{found[0]}: the interval of this audit is not written yet, so its answers may not "
            "be learnt from; write the certificate of its round first"
        )
