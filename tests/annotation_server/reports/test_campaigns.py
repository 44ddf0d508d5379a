"""The reports hold the same as the slower functions that the pipeline reads."""

import itertools
from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.adjudicating import Adjudication
from support.annotating import NOW, clip_ids

from libra_emo.annotation.agreement import measure_agreement
from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.consensus import decide, needs_adjudication
from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation.queue_rows import QueueRow
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.reports.campaigns import Reports
from libra_emo.schemas import HumanVotes, check
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
PEOPLE = ("ana", "ben", "zoe", "kim")
CLIPS = clip_ids(4)
NUMBERS = itertools.count()
VOTE = st.tuples(
    st.sampled_from(CLIPS), st.sampled_from(PEOPLE), st.sampled_from(("sad", "happy", "other"))
)


def tabulate(campaign, rows):
    table = pd.DataFrame(rows, columns=["clip_id", "annotator", "label"])
    table = table.assign(campaign=campaign, voted_at=None, seconds=None)
    table["vote_id"] = [f"vote {next(NUMBERS)}" for _ in rows]
    return check(table, HumanVotes)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(VOTE, max_size=30), st.integers(1, 3), st.integers(0, 2))
def test_progress_and_agreement_are_those_of_the_pipeline(tmp_path, rows, threshold, more):
    store = VoteStore(f"sqlite:///{tmp_path}/{next(NUMBERS)}.sqlite")
    store.add_annotators(PEOPLE, NOW)
    campaign = Campaign.of("bench", TAXONOMY, threshold + more, threshold)
    store.open_campaign(campaign, CLIPS)
    reports = Reports(store, TAXONOMY)
    for number, row in enumerate(rows):  # one at a time: the log follows the store
        store.add_votes(tabulate("bench", [row]), NOW + timedelta(seconds=number))
        if number % 7 == 0:
            reports.list_campaigns()
    found = reports.describe_campaign("bench")
    (expected,) = store.progress()
    history = store.history("bench")
    assert found.report.complete == expected.complete
    assert (found.report.votes, found.report.missing) == (expected.votes, expected.missing)
    assert len(found.report.disputed) == expected.disputed
    measured = measure_agreement(history, campaign)["krippendorff_alpha"]
    alpha = found.agreement.fine.value
    assert (measured is None and alpha != alpha) or alpha == pytest.approx(measured, abs=1e-4)
    complete = history.groupby("clip_id")["annotator"].nunique() >= campaign.annotators_per_clip
    disputed = set(needs_adjudication(decide(history, campaign))) & set(complete[complete].index)
    assert {clip_key(clip) for clip in disputed} == set(found.report.disputed)


def test_what_an_adjudicator_decided_waits_no_more(tmp_path):
    world = Adjudication(tmp_path)
    report = world.server.reports.describe_campaign("bench").report
    assert len(report.disputed) == len(report.undecided) == 2
    world.answer(world.judith, "sad")
    world.open(world.judith)
    reports = world.server.reports
    assert len(reports.describe_campaign("bench").report.undecided) == 2
    world.decide(world.judith, "sad")
    found = {report.campaign.name: report for report in reports.list_campaigns()}
    assert len(found["bench"].undecided) == 1
    assert found["bench.adjudication"].missing == 1


def test_people_are_compared_with_others_with_gold_and_with_themselves(tmp_path):
    store = VoteStore(f"sqlite:///{tmp_path}/votes.sqlite")
    store.add_annotators(PEOPLE, NOW)
    campaign = Campaign.of("bench", TAXONOMY, 3, 2)
    store.open_campaign(campaign, CLIPS[:2])
    store.open_campaign(
        campaign.mixed("gold"),
        [QueueRow(CLIPS[2], "gold", truth="sad"), QueueRow(CLIPS[3], "gold")],
    )
    store.open_campaign(campaign.mixed("repeat"), [QueueRow(CLIPS[0], "repeat")])
    answers = {
        "bench": [
            *((CLIPS[0], name, "sad") for name in PEOPLE[:2]),
            (CLIPS[0], "zoe", "happy"),
            *((CLIPS[1], name, "happy") for name in PEOPLE[:2]),
        ],
        "bench.gold": [
            (CLIPS[2], "ana", "sad"),
            (CLIPS[2], "ben", "happy"),
            (CLIPS[3], "ana", "sad"),
        ],
        "bench.repeat": [(CLIPS[0], "ana", "sad"), (CLIPS[0], "ben", "angry")],
    }
    for name, rows in answers.items():
        store.add_votes(tabulate(name, rows), NOW)
    people = {
        person.key: person for person in Reports(store, TAXONOMY).describe_campaign("bench").people
    }
    assert set(people) == {"ana", "ben", "zoe"}
    assert people["ana"].with_others.share == pytest.approx((1 / 2 + 1) / 2)
    assert (people["zoe"].with_others.share, people["zoe"].with_others.of) == (0, 1)
    assert (people["ana"].gold.share, people["ana"].gold.of) == (1, 1)
    assert people["ben"].gold.share == 0
    assert (people["ana"].repeats.share, people["ben"].repeats.share) == (1, 0)
    assert people["zoe"].repeats.share is None
