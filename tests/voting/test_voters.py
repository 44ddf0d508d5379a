from support.llm_clips import clip_names
from support.llm_voting import TAXONOMY, candidates

from libra_emo.voting.options import VoterOptions, VotingOptions
from libra_emo.voting.voters import build_voters, cast_votes

LINES = ("I am so excited, I can't wait!", "I am desperate, all hope is gone.", "Is it blue?")


def test_a_cue_voters_label_stands_for_its_parent_where_only_parents_are_permitted():
    table = candidates(clip_names(3)).assign(subtitle=LINES)
    features = table[["clip_id", "source_id", "language", "subtitle"]]
    text = (VoterOptions(name="text", kind="cue", cue="text"),)
    found = {}
    for label_set in ("fine", "coarse"):
        voting = VotingOptions(voters=text, min_agreement=1, label_set=label_set)
        voters = build_voters(voting, TAXONOMY)
        votes, _ = cast_votes(voters, features, voting, coarse_of=TAXONOMY.coarse_of)
        found[label_set] = votes
    fine, coarse = found["fine"]["label"], found["coarse"]["label"]
    assert not set(fine.dropna()) <= set(TAXONOMY.coarse_labels), "there is something to map"
    assert coarse.dropna().tolist() == [TAXONOMY.coarse_of[label] for label in fine.dropna()]
    assert fine.isna().tolist() == coarse.isna().tolist()
