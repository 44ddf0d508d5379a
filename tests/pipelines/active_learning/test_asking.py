import pandas as pd
import pytest
from support.loop_round import AUDIT, make_round

from libra_emo.annotation.campaigns import PeopleNeeded
from libra_emo.annotation.store import VoteStore

STEPS = {"query_strategy": "expected_gain", "sequential": True, "clips_per_round": 20}


def test_the_audit_has_votes_of_its_own_by_people_who_had_not_answered():
    done = make_round(audit=AUDIT).select().ask()
    votes = done.human_votes
    own = votes[votes["campaign"] == "round_1"]
    panel = votes[votes["campaign"] == "round_1.audit"]
    assert set(own["clip_id"]) == set(done.queue["clip_id"])
    assert set(panel["clip_id"]) == set(done.audit.loc[done.audit["drawn"], "clip_id"])
    assert (panel.groupby("clip_id").size() == 4).all()
    both = own.merge(panel, on=["clip_id", "annotator"])
    assert set(own["clip_id"]) & set(panel["clip_id"]) and both.empty


def test_one_person_at_a_time_is_asked_until_the_clip_is_closed():
    asked = make_round(**STEPS).select().ask().human_votes
    numbers = asked.groupby("clip_id").size()
    assert numbers.min() == 1 and numbers.max() <= 4 and numbers.nunique() > 1
    assert not asked.duplicated(["clip_id", "annotator"]).any()
    assert set(asked["campaign"]) == {"round_1"}
    lower = make_round(**STEPS, asking={"target": 0.6}).select().ask().human_votes
    assert len(lower) < len(asked)


def test_with_no_audit_and_the_papers_rule_people_are_asked_as_ever():
    votes = make_round().select().ask().human_votes
    assert set(votes["campaign"]) <= {"round_1", "round_1.adjudication"}
    four = votes[votes["campaign"] == "round_1"].groupby("clip_id").size()
    assert (four == 4).all()


@pytest.mark.parametrize("options", [{}, STEPS])
def test_queue_and_audit_are_open_at_once_when_people_are_needed(tmp_path, options):
    store = VoteStore(f"sqlite:///{tmp_path}/votes.db")
    store.add_annotators([f"person {n}" for n in range(9)], pd.Timestamp("2026-01-01", tz="UTC"))
    ready = make_round(audit=AUDIT, **options).select()
    with pytest.raises(PeopleNeeded, match="round_1"):
        ready.ask(annotators="people", annotation_store=store)
    assert {"round_1", "round_1.audit"} <= set(store.campaigns())
    assert store.clips("round_1.audit") == sorted(ready.audit.loc[ready.audit["drawn"], "clip_id"])
