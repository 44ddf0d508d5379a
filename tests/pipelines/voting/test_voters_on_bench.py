import numpy as np
import pandas as pd
import pytest
from support.small_world import make_world

from libra_emo.evaluation.metrics import EvaluationError
from libra_emo.evaluation.options import EvaluationOptions
from libra_emo.pipelines.evaluation.evaluated import predict_with_voters
from libra_emo.pipelines.voting.nodes import label_by_majority
from libra_emo.pipelines.voting.report_card import (
    answers_on_bench,
    draw_errors_alike,
    draw_voter_recall,
    score_voters_on_bench,
)
from libra_emo.taxonomy import read_taxonomy
from libra_emo.voting.majority import majority_vote
from libra_emo.voting.options import VotingOptions
from libra_emo.voting.voters import cast_votes

TAXONOMY, VOTING, QUICK = read_taxonomy(), VotingOptions(), EvaluationOptions(permutations=100)


def test_every_voter_and_the_vote_get_a_row() -> None:
    world = make_world()
    scores, recall, pairs, report = score_voters_on_bench(
        world.machine_votes, world.bench_labels, world.bench_sample, TAXONOMY, VOTING, QUICK, 7
    )
    assert list(scores["voter"]) == ["text", "face", "voice", "vote"]
    assert (scores["n"] == len(world.bench_labels)).all()
    assert len(recall) == 4 * 13 and len(pairs) == 3
    assert set(report["bench_labelled_by"]) == set(world.bench_labels["origin"])
    statuses = [name for name in scores if name.startswith("status_")]
    assert (scores[statuses].sum(axis=1) == scores["n"]).all()
    assert scores["cost_usd"].isna().all(), "cue voters cost nothing"


def test_the_vote_is_the_majority_and_costs_what_all_cost() -> None:
    world = make_world()
    votes = world.machine_votes.copy()
    votes["cost_usd"] = np.where(votes["voter"] == "face", np.nan, 0.01)
    answers = answers_on_bench(votes, world.bench_labels, world.bench_sample, TAXONOMY, VOTING)
    mine = answers[answers["voter"] == "vote"].set_index("clip_id")
    decided = majority_vote(votes, 2).set_index("clip_id")["label"].reindex(mine.index)
    pd.testing.assert_series_equal(mine["predicted"], decided, check_names=False)
    assert (mine["status"] == np.where(decided.isna(), "abstained", "ok")).all()
    assert mine["cost_usd"].to_numpy() == pytest.approx(0.02)
    assert mine["seconds"].isna().all()


def test_an_answer_that_does_not_count_is_no_prediction() -> None:
    world = make_world()
    votes = world.machine_votes.copy()
    votes["status"] = "ambiguous"
    answers = answers_on_bench(votes, world.bench_labels, world.bench_sample, TAXONOMY, VOTING)
    assert answers["predicted"].isna().all()


def test_coarse_voters_are_held_against_the_parents() -> None:
    world = make_world()
    votes = world.machine_votes.copy()
    votes["label"] = votes["label"].map(TAXONOMY.coarse_of).astype("str")
    voting = VotingOptions(label_set="coarse")
    scores, recall, _, _ = score_voters_on_bench(
        votes, world.bench_labels, world.bench_sample, TAXONOMY, voting, QUICK, 7
    )
    assert list(dict.fromkeys(recall["label"])) == list(TAXONOMY.coarse_labels)
    text = votes[votes["voter"] == "text"].merge(world.bench_labels, on="clip_id")
    right = text["label_x"] == text["label_y"].map(TAXONOMY.coarse_of)
    found = scores.set_index("voter").loc["text", "accuracy"]
    assert found == pytest.approx(right.sum() / len(world.bench_labels))


def test_a_bench_clip_that_a_voter_lacks_is_an_error() -> None:
    world = make_world()
    clip = world.bench_labels["clip_id"].iloc[0]
    votes = world.machine_votes
    gone = votes[(votes["voter"] != "face") | (votes["clip_id"] != clip)]
    with pytest.raises(EvaluationError, match=r"voter 'face' has 17 answers for 18 bench clips"):
        score_voters_on_bench(
            gone, world.bench_labels, world.bench_sample, TAXONOMY, VOTING, QUICK, 7
        )


def test_without_voters_people_label_the_whole_pool() -> None:
    world, alone = make_world(), VotingOptions(voters=[])
    votes, readings = cast_votes([], world.features, alone)
    assert votes.empty and readings == []
    labels, queue = label_by_majority(votes, world.pool, TAXONOMY, alone)
    assert labels.empty
    assert queue["clip_id"].tolist() == sorted(world.pool["clip_id"])
    scores, recall, pairs, _ = score_voters_on_bench(
        votes, world.bench_labels, world.bench_sample, TAXONOMY, alone, QUICK, 7
    )
    assert scores[["voter", "status_abstained"]].to_numpy().tolist() == [
        ["vote", len(world.bench_labels)]
    ]
    assert pairs.empty
    draw_errors_alike(scores, pairs)
    draw_voter_recall(recall, TAXONOMY, alone)
    assert list(predict_with_voters(votes, alone)) == []
