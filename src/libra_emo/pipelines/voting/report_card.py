"""Nodes of the report card: the voters are compared with people's labels of the bench."""

from __future__ import annotations

from typing import Any

import pandas as pd

from libra_emo.evaluation.options import EvaluationOptions
from libra_emo.evaluation.report_card import (
    COLUMNS,
    compare_errors,
    recall_by_class,
    score_voters,
    summarise_card,
)
from libra_emo.evaluation.report_card_plots import plot_errors_alike, plot_recall
from libra_emo.schemas import COUNTED_STATUSES, MachineVotes, RoundLabels, check
from libra_emo.taxonomy import Taxonomy, coarsen
from libra_emo.voting.majority import majority_vote
from libra_emo.voting.options import VOTE, VotingOptions


def score_voters_on_bench(
    machine_votes: pd.DataFrame,
    bench_labels: pd.DataFrame,
    bench_sample: pd.DataFrame,
    taxonomy: Taxonomy,
    voting: VotingOptions,
    evaluation: EvaluationOptions,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Return the report card: voter_scores, voter_recall, voter_pairs, and all of it as a report.

    Raises:
        EvaluationError: If a voter was not asked about every bench clip.
    """
    labels = voter_taxonomy(taxonomy, voting)
    answers = answers_on_bench(machine_votes, bench_labels, bench_sample, taxonomy, voting)
    scores = score_voters(answers, VOTE, labels, seed, evaluation.permutations)
    recall = recall_by_class(answers, labels)
    pairs = compare_errors(answers, VOTE, labels)
    return (
        scores,
        recall,
        pairs,
        summarise_card(scores, recall, pairs, bench_labels["origin"].tolist()),
    )


def draw_errors_alike(voter_scores: pd.DataFrame, voter_pairs: pd.DataFrame) -> Any:
    """Return the matrix of the voters' common errors, a matplotlib Figure."""
    return plot_errors_alike(voter_scores, voter_pairs)


def draw_voter_recall(voter_recall: pd.DataFrame, taxonomy: Taxonomy, voting: VotingOptions) -> Any:
    """Return recall by class and voter, a matplotlib Figure."""
    return plot_recall(voter_recall, voter_taxonomy(taxonomy, voting))


def voter_taxonomy(taxonomy: Taxonomy, voting: VotingOptions) -> Taxonomy:
    """Return the labels that the voters may give, as a taxonomy."""
    return taxonomy if voting.label_set == "fine" else coarsen(taxonomy)


def answers_on_bench(
    machine_votes: pd.DataFrame,
    bench_labels: pd.DataFrame,
    bench_sample: pd.DataFrame,
    taxonomy: Taxonomy,
    voting: VotingOptions,
) -> pd.DataFrame:
    """Return each voter's answer to each bench clip, and the vote's, in the voters' order.

    The vote costs the sum of its voters; without a decision it counts as abstained.
    """
    bench = check(bench_labels, RoundLabels)[["clip_id", "label"]]
    truth = bench.rename(columns={"label": "truth"})
    films = bench_sample.set_index("clip_id")["source_id"]
    truth["source_id"] = truth["clip_id"].map(films)
    if voting.label_set == "coarse":
        truth["truth"] = truth["truth"].map(taxonomy.coarse_of)
    votes = check(machine_votes, MachineVotes)
    votes = votes[votes["clip_id"].isin(truth["clip_id"])]
    counted = votes["status"].isin(COUNTED_STATUSES)
    tables = [
        votes.assign(predicted=votes["label"].where(counted))[votes["voter"] == voter.name]
        for voter in voting.voters
    ]
    decided = majority_vote(votes, voting.min_agreement, truth["clip_id"])
    decided = decided.rename(columns={"label": "predicted"})
    cost = votes.groupby("clip_id")["cost_usd"].sum(min_count=1)
    decided["status"] = decided["predicted"].notna().map({True: "ok", False: "abstained"})
    decided = decided.assign(
        voter=VOTE, cost_usd=decided["clip_id"].map(cost).astype(float), seconds=float("nan")
    )
    answers = pd.concat([*tables, decided], ignore_index=True).merge(truth, on="clip_id")
    order = {voter.name: place for place, voter in enumerate(voting.voters)}
    answers["place"] = answers["voter"].map(order).fillna(len(order))
    return answers.sort_values(["place", "clip_id"], ignore_index=True)[list(COLUMNS)]
