from datetime import UTC, datetime

import pandas as pd
import pytest

from libra_emo.annotation.campaigns import PeopleNeeded, staying
from libra_emo.annotation.collection import collect_votes

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CLIPS = ["c1", "c2"]


def answer(store, campaign, clip, labels):
    people = list(store.annotators().values())
    rows = [
        (campaign, clip, person.name, label, None, None)
        for person, label in zip(people, labels, strict=False)
    ]
    columns = ["campaign", "clip_id", "annotator", "label", "voted_at", "seconds"]
    store.add_votes(pd.DataFrame(rows, columns=columns), NOW)


def test_a_run_that_stays_goes_on_when_the_last_vote_is_in(store, rounds):
    """It waits for the campaign and for the adjudication of what remains without consensus."""
    waited = []
    steps = [
        lambda: answer(store, rounds.name, "c1", ["sad", "sad", "sad", "happy"]),
        lambda: None,
        lambda: answer(store, rounds.name, "c2", ["sad", "sad", "happy", "happy"]),
        lambda: answer(store, rounds.adjudication.name, "c2", ["happy"]),
    ]

    def wait(needed):
        waited.append((needed.campaign, needed.waiting))
        steps.pop(0)()

    with staying(wait):
        votes = collect_votes(rounds, CLIPS, "people", store=store)
    name, adjudication = rounds.name, rounds.adjudication.name
    assert waited == [(name, 2), (name, 1), (name, 1), (adjudication, 1)]
    assert votes["campaign"].value_counts().to_dict() == {name: 8, adjudication: 1}


def test_other_runs_end(store, rounds):
    with staying(lambda _: None):
        pass
    with pytest.raises(PeopleNeeded):
        collect_votes(rounds, CLIPS, "people", store=store)
