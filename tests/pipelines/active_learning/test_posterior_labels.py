from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.loop_round import make_round

from libra_emo.labelling.evidence import Evidence
from libra_emo.labelling.votes import Votes
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.pipelines.active_learning.posterior_labels import label_by_posterior
from libra_emo.schemas import HumanVotes, check
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()


def votes_for(clip, answers, campaign="round_0"):
    rows = [
        {"campaign": campaign, "clip_id": clip, "annotator": f"p{n}", "label": answer}
        for n, answer in enumerate(answers)
    ]
    return check(pd.DataFrame(rows).assign(voted_at=None, seconds=None), HumanVotes)


def label(votes, answered=()):
    """Return the labels of a round with these votes, some of which came in the round."""
    from libra_emo.labelling.evidence import weigh_evidence

    ready = make_round(votes, query_strategy="expected_gain")
    evidence = weigh_evidence(
        ready.labels_before["clip_id"],
        ready.predictions,
        ready.world.machine_votes,
        votes,
        ready.taxonomy,
    )
    return label_by_posterior(
        ready.labels_before,
        evidence,
        ready.posterior_before,
        set(answered),
        ready.taxonomy,
        ready.options,
        round_number=1,
        simulated=True,
    )


@pytest.fixture(scope="module")
def before():
    return make_round().labels_before


def row_of(labels, clip):
    return labels.set_index("clip_id").loc[clip]


def test_what_several_people_say_is_the_label_with_its_support(before):
    clip = before["clip_id"].iloc[0]
    found = row_of(label(votes_for(clip, ["excited"] * 6), [clip]).labels, clip)
    assert found["label"] == "excited" and found["origin"] == "simulated"
    assert found["support"] >= 6 and found["votes"] >= found["support"] and found["round"] == 1


def test_a_label_that_people_settled_stays_until_somebody_answers_again(before):
    clip = before["clip_id"].iloc[0]
    said = row_of(before, clip)["label"]
    settled = votes_for(clip, [said] * 6)
    assert row_of(label(settled).labels, clip)["label"] == said
    assert row_of(label(settled).labels, clip)["round"] == 0
    against = pd.concat([settled, votes_for(clip, ["x"] * 6 + ["excited"] * 12)[6:]])
    against = against[against["label"] != "x"]
    assert row_of(label(check(against, HumanVotes), [clip]).labels, clip)["label"] == "excited"


def test_people_who_agree_that_no_label_fits_drop_the_clip(before):
    clip = before["clip_id"].iloc[0]
    found = label(votes_for(clip, ["other", "other", "sad"]), [clip])
    assert found.dropped["clip_id"].tolist() == [clip]
    assert clip not in set(found.labels["clip_id"])


def test_every_label_was_given_by_somebody(before):
    done = label(votes_for(before["clip_id"].iloc[0], ["sad", "angry"]))
    assert (done.labels["support"] >= 1).all()
    assert (done.labels["support"] <= done.labels["votes"]).all()


@st.composite
def clips_of_any_kind(draw):
    """Return Evidence of a few clips, their RoundLabels of before, and who was answered since."""
    labels = TAXONOMY.labels
    count = draw(st.integers(1, 6))
    clips = [f"clip-{n}" for n in range(count)]
    places = st.integers(0, len(labels) - 1)
    shares = np.full((2, count, len(labels)), 0.01)
    for source in range(2):  # the student and the posterior, which need not agree
        for clip in range(count):
            shares[source, clip, draw(places)] += draw(st.sampled_from([0.0, 0.5, 5.0]))
    shares /= shares.sum(axis=2, keepdims=True)
    voters = [[draw(st.integers(-1, 3)) for _ in range(3)] for _ in clips]
    said = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, len(labels)))))
    clip, answer = (np.array([vote[side] for vote in said], dtype=np.int64) for side in range(2))
    evidence = Evidence(
        clips,
        shares[0],
        np.array(voters),
        Votes(clip, np.arange(len(said)), answer),
        SimpleNamespace(probabilities=shares[1]),
        np.bincount(clip, minlength=count),
    )
    before = pd.DataFrame(
        {
            "clip_id": clips,
            "label": [labels[draw(places)] for _ in clips],
            "origin": "machine",
            "support": 1,
            "votes": 1,
            "round": 0,
        }
    )
    posterior = pd.DataFrame(
        {"clip_id": clips, "judgements": 2, "probability": draw(st.floats(0, 1))}
    )
    return evidence, before, posterior, set(draw(st.lists(st.sampled_from(clips))))


@settings(deadline=None)
@given(clips_of_any_kind())
def test_any_evidence_gives_labels_that_somebody_gives_or_that_stay(case):
    evidence, before, posterior, answered = case
    options = ActiveLearningOptions(query_strategy="expected_gain")
    done = label_by_posterior(
        *(before, evidence, posterior, answered, TAXONOMY, options),
        round_number=2,
        simulated=True,
    )
    assert sorted([*done.labels["clip_id"], *done.dropped["clip_id"]]) == evidence.clips
    given_labels = {clip: set() for clip in evidence.clips}
    for place, clip in enumerate(evidence.clips):
        given_labels[clip] |= {
            TAXONOMY.labels[vote] for vote in evidence.voters[place] if vote >= 0
        }
        if np.ptp(evidence.student[place]) > 0:
            given_labels[clip].add(TAXONOMY.labels[evidence.student[place].argmax()])
    for clip, answer in zip(evidence.votes.clip, evidence.votes.answer, strict=True):
        given_labels[evidence.clips[clip]] |= set(TAXONOMY.labels[answer : answer + 1])
    for row in done.labels.itertuples():
        stayed = (row.label, row.round) == (row_of(before, row.clip_id)["label"], 0)
        assert row.support >= 1 and (row.label in given_labels[row.clip_id] or stayed)
