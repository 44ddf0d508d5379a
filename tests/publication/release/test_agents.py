"""Who voted, without names of people."""

from support.small_release import PSEUDONYMS, make_world

from libra_emo.publication.release.agents import find_people, tabulate_votes


def test_people_are_those_whose_votes_have_a_time():
    votes = make_world().human_votes
    assert find_people(votes) == ["Ana Quillfeather", "Ben"]
    assert find_people(votes.assign(voted_at=None)) == []
    assert find_people(votes.assign(voted_at=None, received_at="2026-11-01T10:00:00")) != []


def test_kinds_of_agents():
    world = make_world()
    votes = world.human_votes.copy()
    simulated = votes["annotator"] == "Ben"
    votes.loc[simulated, "voted_at"] = None
    votes.loc[simulated, "annotator"] = "simulated_01"
    table = tabulate_votes(votes, world.machine_votes, PSEUDONYMS)
    agents = table.groupby("kind")["agent"].unique().map(list).to_dict()
    assert agents == {
        "model": ["face"],
        "person": [PSEUDONYMS["Ana Quillfeather"]],
        "simulated": ["simulated_01"],
    }
