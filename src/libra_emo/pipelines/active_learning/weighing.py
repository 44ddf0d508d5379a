"""The nodes that weigh a round's labels: soft labels, posteriors, changes, and the votes so far."""

from __future__ import annotations

import pandas as pd

from libra_emo.annotation.collection import Annotators
from libra_emo.labelling.audit import usable_votes
from libra_emo.labelling.evidence import tabulate_posterior, weigh_evidence
from libra_emo.labelling.labels import label_changes, soft_labels
from libra_emo.pipelines.active_learning.asking import sealed_campaigns
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.pipelines.active_learning.report import RoundReport
from libra_emo.pipelines.sequential_asking import join_votes
from libra_emo.schemas import (
    LabelChanges,
    Predictions,
    RoundLabels,
    SoftLabels,
    check,
    empty,
)
from libra_emo.taxonomy import Taxonomy

DIGITS = 6


def weigh_first_labels(
    labels: pd.DataFrame,
    human_votes: pd.DataFrame,
    machine_votes: pd.DataFrame,
    annotators: Annotators,
    taxonomy: Taxonomy,
    active_learning: ActiveLearningOptions,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return SoftLabels, Posteriors and LabelChanges of round 0, and the votes so far.

    There is no student yet: voters and people alone are weighed.
    """
    nothing = empty(Predictions)
    tables = _weigh(labels, nothing, machine_votes, human_votes, taxonomy, active_learning)
    changes = label_changes(
        empty(RoundLabels), labels, human_votes["clip_id"], round_number=0, people=annotators
    )
    return *tables, check(changes, LabelChanges), join_votes(human_votes)


def weigh_labels(
    labels: pd.DataFrame,
    labels_before: pd.DataFrame,
    predictions: pd.DataFrame,
    machine_votes: pd.DataFrame,
    votes_before: pd.DataFrame,
    human_votes: pd.DataFrame,
    soft_labels_before: pd.DataFrame,
    posterior_before: pd.DataFrame,
    report_before: RoundReport,
    annotators: Annotators,
    taxonomy: Taxonomy,
    active_learning: ActiveLearningOptions,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return SoftLabels, Posteriors and LabelChanges of a round.

    The answers of the round's own audit are not read. In a round that predicted nothing, since the
    loop has stopped, the tables are those of the round before.
    """
    number = report_before.round + 1
    usable = usable_votes(human_votes, sealed_campaigns(number))
    if len(predictions):
        votes = join_votes(votes_before, usable)
        soft, posterior = _weigh(
            labels, predictions, machine_votes, votes, taxonomy, active_learning
        )
    else:
        soft, posterior = soft_labels_before, posterior_before
    changes = label_changes(
        labels_before, labels, usable["clip_id"], round_number=number, people=annotators
    )
    return soft, posterior, check(changes, LabelChanges)


def join_label_changes(*changes: pd.DataFrame) -> pd.DataFrame:
    """Return label_history: the LabelChanges of all rounds, round by round."""
    filled = [table for table in changes if len(table)]
    if not filled:
        return empty(LabelChanges)
    return check(pd.concat(filled, ignore_index=True), LabelChanges)


def _weigh(
    labels: pd.DataFrame,
    predictions: pd.DataFrame,
    machine_votes: pd.DataFrame,
    votes: pd.DataFrame,
    taxonomy: Taxonomy,
    active_learning: ActiveLearningOptions,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    evidence = weigh_evidence(labels["clip_id"], predictions, machine_votes, votes, taxonomy)
    shares = evidence.posterior.probabilities.round(DIGITS)
    soft = soft_labels(evidence.clips, shares, taxonomy.labels)
    posterior = tabulate_posterior(evidence, labels, taxonomy, active_learning.asking)
    return check(soft, SoftLabels), posterior
