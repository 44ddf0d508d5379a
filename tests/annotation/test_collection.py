from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest
from support.ballots import VOTERS, ballots

from libra_emo.annotation.campaigns import CampaignError, PeopleNeeded
from libra_emo.annotation.collection import ask_annotators, collect_votes
from libra_emo.annotation.options import AnnotationOptions
from libra_emo.annotation.settlement import settle
from libra_emo.annotation.simulated import SimulatedAnnotators, SimulationError
from libra_emo.annotation.store import VoteStore
from libra_emo.schemas import Candidates, HumanVotes, check, empty

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(sqlite_url):
    store = VoteStore(sqlite_url)
    store.add_annotators(VOTERS, NOW)
    return store


def wait_for_people(campaign, clips, store) -> PeopleNeeded:
    with pytest.raises(PeopleNeeded) as stop:
        collect_votes(campaign, clips, "people", store=store)
    return stop.value


def test_people_are_asked_then_the_adjudicator_then_the_run_goes_on(store, rounds):
    clips = ["c2", "c1", "c3"]
    stop = wait_for_people(rounds, clips, store)
    assert (stop.campaign, stop.waiting, stop.asked) == ("round_1", 3, 3)
    assert "3 of 3 clips wait for the votes of 4 annotators each" in str(stop)
    assert "kedro import-votes FILE" in str(stop)
    assert store.clips("round_1") == ["c1", "c2", "c3"]

    store.add_votes(ballots("round_1", c1="sad sad sad happy", c2="sad happy angry"), NOW)
    assert wait_for_people(rounds, clips, store).waiting == 2

    store.add_votes(ballots("round_1", c2="sad happy angry ironic", c3="sad sad happy happy"), NOW)
    stop = wait_for_people(rounds, clips, store)
    assert (stop.campaign, stop.waiting, stop.asked) == ("round_1.adjudication", 2, 2)
    assert "an adjudicator's answer" in str(stop)
    assert store.clips("round_1.adjudication") == ["c2", "c3"]

    store.add_votes(ballots("round_1.adjudication", c2="other", c3="happy"), NOW)
    votes = collect_votes(rounds, clips, "people", store=store)
    assert len(votes) == 14
    labels, dropped = settle(clips, votes, rounds, round_number=1, simulated=False)
    assert labels.set_index("clip_id")["origin"].to_dict() == {"c1": "people", "c3": "adjudicated"}
    assert dropped["clip_id"].tolist() == ["c2"]
    pd.testing.assert_frame_equal(collect_votes(rounds, clips[::-1], "people", store=store), votes)


def test_a_vote_that_changed_reopens_what_was_agreed(store, rounds):
    store.open_campaign(rounds, ["c1"])
    store.add_votes(ballots("round_1", c1="sad sad happy ironic"), NOW)
    assert len(collect_votes(rounds, ["c1"], "people", store=store)) == 4
    store.add_votes(ballots("round_1", c1="sad angry"), NOW.replace(hour=13))
    assert wait_for_people(rounds, ["c1"], store).campaign == "round_1.adjudication"


def test_votes_given_in_an_earlier_run_count_for_the_clips_asked_again(store, rounds):
    wait_for_people(rounds, ["c1", "c2"], store)
    store.add_votes(ballots("round_1", c1="sad sad sad sad"), NOW)
    assert wait_for_people(rounds, ["c1", "c3"], store).waiting == 1
    assert set(collect_votes(rounds, ["c1"], "people", store=store)["clip_id"]) == {"c1"}


def test_stored_votes_for_labels_that_are_gone_are_asked_again(store, rounds):
    store.open_campaign(rounds, ["c1"])
    store.add_votes(ballots("round_1", c1="sad sad sad bored"), NOW)
    stop = wait_for_people(rounds, ["c1"], store)
    assert "1 stored votes have labels that the taxonomy lacks" in str(stop)


def test_simulated_votes_never_enter_the_store(tmp_path, rounds, taxonomy):
    store = VoteStore(f"sqlite:///{tmp_path}/votes.db")
    truth = pd.DataFrame({"clip_id": [f"c{n}" for n in range(60)], "label": taxonomy.labels[0]})
    simulated = SimulatedAnnotators(truth, taxonomy, 1)
    votes = collect_votes(rounds, truth["clip_id"], "simulated", store=store, simulated=simulated)
    check(votes, HumanVotes)
    assert votes["annotator"].str.startswith("simulated").all()
    settle(truth["clip_id"], votes, rounds, round_number=1, simulated=True)
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_ask_asks_nobody(tmp_path, rounds):
    store = VoteStore(f"sqlite:///{tmp_path}/votes.db")
    assert collect_votes(rounds, [], "people", store=store).empty
    assert collect_votes(rounds, [], "simulated").empty
    assert list(tmp_path.iterdir()) == []


def test_whoever_is_to_answer_must_be_there(rounds):
    with pytest.raises(CampaignError, match="annotators: people"):
        collect_votes(rounds, ["c1"], "simulated")
    with pytest.raises(CampaignError, match="annotation_store"):
        collect_votes(rounds, ["c1"], "people")


@pytest.mark.parametrize(
    ("sample_truth", "error"),
    [(None, CampaignError), ("empty", SimulationError)],
)
def test_films_without_truth_are_refused_with_the_way_to_people(
    rounds, taxonomy, sample_truth, error
):
    if sample_truth == "empty":
        sample_truth = pd.DataFrame(columns=["source_id", "start_s", "end_s", "label"])
    with pytest.raises(error, match="annotators: people"):
        ask_annotators(
            rounds,
            pd.DataFrame({"clip_id": ["c1"]}),
            taxonomy,
            AnnotationOptions(),
            annotators="simulated",
            annotation_store=None,
            sample_truth=sample_truth,
            candidates=empty(Candidates),
            seed=1,
        )


def test_an_audit_waits_for_people_who_have_not_answered_and_says_so(store, rounds):
    store.open_campaign(rounds, ["c1"])
    store.add_votes(ballots("round_1", c1=" ".join(["sad"] * 12)), NOW)  # 4 of 16 are left
    audit = rounds.mixed("audit")
    assert "too few people" not in str(wait_for_people(audit, ["c1", "c2"], store))
    store.change_annotator("zoe", active=False)
    stop = wait_for_people(audit, ["c1", "c2"], store)
    assert "for 1 clips, first c1, too few people are left" in str(stop)
    assert "kedro annotators add" in str(stop) and "export-queue round_1`" in str(stop)


def test_whoever_asks_one_after_the_other_ends_where_nobody_is_left(store, rounds):
    store.open_campaign(rounds, ["c1"])
    store.add_votes(ballots("round_1", c1=" ".join(["sad"] * 12)), NOW)
    for name in ("anna", "ben", "zoe", "王芳"):
        store.change_annotator(name, active=False)
    step = replace(rounds, name="round_1.step_2", annotators_per_clip=1, threshold=1, fresh=True)
    assert collect_votes(step, ["c1"], "people", store=store).empty
    stop = wait_for_people(step, ["c1", "c2"], store)
    assert (stop.waiting, stop.asked) == (1, 1)
    assert store.clips("round_1.step_2") == ["c2"]
