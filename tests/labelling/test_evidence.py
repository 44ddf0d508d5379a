import numpy as np
import pandas as pd
from support.loop_round import make_round

from libra_emo.labelling.evidence import label_places, weigh_evidence
from libra_emo.schemas import HumanVotes, Predictions, check, empty


def weigh(ready, votes, predictions=None):
    labels = ready.labels_before
    used = ready.predictions if predictions is None else predictions
    return weigh_evidence(labels["clip_id"], used, ready.world.machine_votes, votes, ready.taxonomy)


def vote(clip, person, label):
    row = {"campaign": "a", "clip_id": clip, "annotator": person, "label": label}
    return check(pd.DataFrame([row]).assign(voted_at=None, seconds=None), HumanVotes)


def test_each_source_moves_the_posterior_towards_what_it_says():
    ready = make_round()
    clip = ready.labels_before["clip_id"].iloc[0]
    alone = weigh(ready, empty(HumanVotes))
    place = alone.clips.index(clip)
    sad = ready.taxonomy.labels.index("sad")
    asked = weigh(ready, vote(clip, "Ana", "sad"))
    assert asked.posterior.probabilities[place, sad] > alone.posterior.probabilities[place, sad]
    assert asked.judgements.sum() == 1 and alone.judgements.sum() == 0


def test_of_one_persons_votes_for_a_clip_the_latest_counts_and_other_clips_do_not():
    ready = make_round()
    clip = ready.labels_before["clip_id"].iloc[0]
    votes = pd.concat([vote(clip, "Ana", "sad"), vote(clip, "Ana", "angry"),
                       vote("a bench clip", "Ana", "sad")])  # fmt: skip
    found = weigh(ready, votes)
    assert found.judgements.sum() == 1
    assert found.votes.answer.tolist() == [ready.taxonomy.labels.index("angry")]


def test_a_student_without_probabilities_says_nothing():
    ready = make_round()
    bare = ready.predictions[["clip_id", "predicted", "confidence"]]
    for predictions in (bare, empty(Predictions)):
        found = weigh(ready, empty(HumanVotes), predictions)
        assert np.ptp(found.student) == 0


def test_voters_that_did_not_answer_count_as_silent():
    ready = make_round()
    found = weigh(ready, empty(HumanVotes))
    votes = ready.world.machine_votes
    silent = votes[votes["clip_id"].isin(found.clips) & votes["label"].isna()]
    assert (found.voters == -1).sum() == len(silent) > 0
    places = label_places(["none", *found.clips], ready.labels_before, ready.taxonomy)
    assert places[0] == -1 and (places[1:] >= 0).all()
