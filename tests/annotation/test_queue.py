from datetime import UTC, datetime

import pandas as pd
import pytest
from support.ballots import ballots

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.campaigns import CampaignError
from libra_emo.annotation.queue import (
    assign,
    choose_people,
    tabulate_queue,
)
from libra_emo.schemas import HumanVotes, empty

CLIPS = [f"c{number:03d}" for number in range(240)]
NOBODY = empty(HumanVotes)


def people(count, role="annotator", active=True):
    return [Annotator(f"{role}{n}", f"{role}{n}", role, active, "2025") for n in range(count)]


def test_every_clip_gets_its_people_nobody_twice_and_the_load_is_spread(rounds):
    lists = assign(rounds, CLIPS, people(10), NOBODY)
    asked = [clip for clips in lists.values() for clip in clips]
    assert {clip: asked.count(clip) for clip in CLIPS} == dict.fromkeys(CLIPS, 4)
    assert all(len(clips) == len(set(clips)) for clips in lists.values())
    assert all(70 < len(clips) < 122 for clips in lists.values())  # 96 on average
    assert assign(rounds, CLIPS[::-1], people(10)[::-1], NOBODY) == lists
    orders = [sorted(clips, key=CLIPS.index) == clips for clips in lists.values()]
    assert not any(orders)


def test_who_answered_keeps_the_place_and_is_not_asked_again(rounds):
    votes = ballots("round_1", c000="sad happy sad sad", c001="sad bored")
    team = [Annotator(f"a{n}", f"a{n}", "annotator", True, "2025") for n in range(6)]
    lists = assign(rounds, ["c000", "c001"], team, votes)
    assert not any("c000" in clips for clips in lists.values())
    assert "c001" not in lists["a0"]
    assert sum("c001" in clips for clips in lists.values()) == 3


def test_one_more_person_changes_few_lists(rounds):
    before, after = (assign(rounds, CLIPS, people(n), NOBODY) for n in (10, 11))
    kept = sum(len(set(before[name]) & set(after[name])) for name in before)
    assert kept > 0.85 * 4 * len(CLIPS)


def test_adjudications_are_for_adjudicators(rounds):
    team = [*people(5), *people(2, "adjudicator")]
    assert {person.role for person in choose_people(rounds, team)} == {"annotator"}
    assert {person.role for person in choose_people(rounds.adjudication, team)} == {"adjudicator"}
    assert len(choose_people(rounds.adjudication, people(5))) == 5


def test_too_few_people_are_an_error(rounds):
    team = [*people(3), *people(2, "lead", active=False)]
    with pytest.raises(CampaignError, match=r"asks 4 people .* 3 take part; .*annotators add"):
        choose_people(rounds, team)


def test_a_list_is_blind(rounds, store):
    candidates = pd.DataFrame(
        {
            "clip_id": ["c1", "c2"],
            "clip_path": ["clips/c1.mp4", "clips/c2.mp4"],
            "subtitle": ["=1", "Hi"],
        }
    )
    table = tabulate_queue(rounds, "anna", ["c2", "c1", "c9"], candidates)
    assert table["clip"].tolist() == ["clips/c2.mp4", "clips/c1.mp4", ""]
    assert table["answers"][0].startswith("excited | happy")
    assert set(table["label"]) == {""}
    assert not {"current_label", "predicted", "confidence", "reason"} & set(table.columns)
    store.open_campaign(rounds, ["c1"])
    assert store.add_votes(ballots("round_1", c1="sad"), datetime.now(UTC)) == 1
