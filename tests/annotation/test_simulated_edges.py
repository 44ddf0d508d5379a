import pandas as pd
import pytest

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.options import SimulatedOptions
from libra_emo.annotation.simulated import SimulatedAnnotators, SimulationError
from libra_emo.schemas import TableError
from libra_emo.taxonomy import Emotion, Taxonomy


def truth(**labels: str) -> pd.DataFrame:
    return pd.DataFrame({"clip_id": list(labels), "label": list(labels.values())})


def test_clips_without_truth_are_refused_with_their_number_and_the_way_to_people(taxonomy, rounds):
    annotators = SimulatedAnnotators(truth(a="sad"), taxonomy, 1)
    with pytest.raises(SimulationError) as refusal:
        annotators.vote(rounds, ["a", "c", "b"])
    assert "2 of 3 clips is not known, the first is b" in str(refusal.value)
    assert "annotators: people" in str(refusal.value)
    with pytest.raises(SimulationError):
        annotators.adjudicate(rounds.adjudication, ["b"])


def test_a_campaign_that_asks_more_than_there_are_is_refused(taxonomy):
    campaign = Campaign.of("big", taxonomy, 13, 4)
    with pytest.raises(SimulationError, match=r"annotation\.simulated\.annotators is 12"):
        SimulatedAnnotators(truth(a="sad"), taxonomy, 1).vote(campaign, ["a"])


def test_truth_outside_the_taxonomy_is_refused(taxonomy):
    with pytest.raises(TableError, match="'bored' is not a label"):
        SimulatedAnnotators(truth(a="bored"), taxonomy, 1)


def test_a_single_annotator_is_of_mean_ability(taxonomy):
    options = SimulatedOptions(annotators=1, ability_mean_logit=0.4)
    assert list(SimulatedAnnotators(truth(), taxonomy, 1, options).abilities.values()) == [0.4]


def test_labels_without_neighbours_and_without_others_still_give_valid_answers():
    two = Taxonomy(
        emotions=tuple(
            Emotion(label=name, type="neutral", coarse=name, definition=name) for name in ("p", "q")
        )
    )
    clips = {f"c{n}": "p" for n in range(200)}
    hopeless = SimulatedOptions(ability_mean_logit=-9, neighbour_share=1, other_share=0)
    campaign = Campaign.of("x", two, 2, 1)
    votes = SimulatedAnnotators(truth(**clips), two, 1, hopeless).vote(campaign, clips)
    assert set(votes["label"]) <= {"p", "q"}
    assert (votes["label"] == "q").mean() > 0.95


def test_nothing_asked_gives_no_votes(taxonomy, rounds):
    assert SimulatedAnnotators(truth(a="sad"), taxonomy, 1).vote(rounds, []).empty
