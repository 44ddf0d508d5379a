"""The labels of a round by the paper's rule: those on which enough annotators agree."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from libra_emo.annotation.settlement import Settled, merge_labels, relabel, settle
from libra_emo.pipelines.active_learning.asking import (
    audit_campaign,
    round_campaign,
    sealed_campaigns,
)
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.schemas import Dropped, check
from libra_emo.taxonomy import Taxonomy


def label_by_agreement(
    labels_before: pd.DataFrame,
    queue: pd.DataFrame,
    votes: pd.DataFrame,
    votes_before: pd.DataFrame,
    taxonomy: Taxonomy,
    options: ActiveLearningOptions,
    *,
    round_number: int,
    simulated: bool,
) -> Settled:
    """Return the RoundLabels of a round and its Dropped clips.

    Clips of the queue get the label on which their annotators agree. What the panel of the last
    audit said counts as well, for clips that are not in the queue: its interval is written.

    Args:
        labels_before: RoundLabels of the round before.
        queue: Queue of the round.
        votes: HumanVotes of the round without those of its audit.
        votes_before: HumanVotes of earlier rounds, their audits included.
        taxonomy: The labels.
        options: How many annotators there are, and how many must agree.
        round_number: The round.
        simulated: Whether the annotators are simulated.

    Raises:
        VotesError: If a clip is not settled.
    """
    dropped_by_panel = None
    before = labels_before
    audited = set(audited_before(votes_before, round_number)) - set(queue["clip_id"])
    audited &= set(labels_before["clip_id"])
    if audited:
        panel = audit_campaign(round_number - 1, taxonomy, options)
        labels, dropped_by_panel = settle(
            audited, votes_before, panel, round_number=round_number, simulated=simulated
        )
        before = merge_labels(labels_before, audited, labels, dropped_by_panel)
    campaign = round_campaign(round_number, taxonomy, options)
    after, dropped = relabel(
        before, queue, votes, campaign, round_number=round_number, simulated=simulated
    )
    if dropped_by_panel is not None and len(dropped_by_panel):
        dropped = check(pd.concat([dropped, dropped_by_panel]).sort_values("clip_id"), Dropped)
    return Settled(after, dropped)


def audited_before(votes_before: pd.DataFrame, round_number: int) -> Iterable[str]:
    """Return the clips about which the panel of the round before was asked."""
    audits = votes_before["campaign"].isin(sealed_campaigns(round_number - 1))
    clips: list[str] = votes_before.loc[audits, "clip_id"].unique().tolist()
    return clips
