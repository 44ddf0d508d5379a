import pandas as pd
import pytest
from support.loop_round import make_round

from libra_emo.pipelines.active_learning.posterior_labels import label_by_posterior
from libra_emo.schemas import HumanVotes, check


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
