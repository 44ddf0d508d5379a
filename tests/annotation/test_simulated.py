import pandas as pd
import pytest

from libra_emo.annotation.agreement import measure_agreement
from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.collection import collect_votes
from libra_emo.annotation.options import SimulatedOptions
from libra_emo.annotation.simulated import ADJUDICATOR, SimulatedAnnotators, match_truth
from libra_emo.schemas import HumanVotes, check

# the paper's Figure 2, in the taxonomy's order
BENCH_CLASSES = (41, 61, 35, 62, 77, 51, 44, 42, 80, 35, 39, 48, 27)


def truth_of(labels, counts=BENCH_CLASSES) -> pd.DataFrame:
    drawn = [label for label, count in zip(labels, counts, strict=True) for _ in range(count)]
    ids = [f"film-{number % 30}_{number:05d}" for number in range(len(drawn))]
    return pd.DataFrame({"clip_id": ids, "label": drawn})


@pytest.fixture(scope="module")
def truth(taxonomy):
    return truth_of(taxonomy.labels)


@pytest.fixture(scope="module")
def annotators(truth, taxonomy):
    return SimulatedAnnotators(truth, taxonomy, seed=20250101)


@pytest.fixture(scope="module")
def votes(annotators, truth, bench):
    return annotators.vote(bench, truth["clip_id"])


def test_they_agree_about_as_far_as_the_annotators_of_ferplus(votes, bench):
    report = measure_agreement(votes, bench)
    assert report["clips"] == 642
    assert report["krippendorff_alpha"] == pytest.approx(0.515, abs=0.04)


def test_each_clip_gets_its_number_of_different_annotators_and_all_get_work(votes, annotators):
    check(votes, HumanVotes)
    assert (votes.groupby("clip_id")["annotator"].nunique() == 8).all()
    load = votes["annotator"].value_counts()
    assert set(load.index) == set(annotators.abilities)
    assert load.min() > 642 * 8 / 12 * 0.8


def test_their_votes_have_no_time(votes):
    assert votes["voted_at"].isna().all() and votes["seconds"].isna().all()


def test_the_abler_ones_are_right_more_often(votes, truth, annotators):
    right = votes.merge(truth, on="clip_id", suffixes=("", "_true")).eval("label == label_true")
    by_annotator = right.groupby(votes["annotator"]).mean()
    names = list(annotators.abilities)
    assert by_annotator[names[-3:]].min() > by_annotator[names[:3]].max()


def test_errors_are_mostly_neighbours_some_elsewhere_some_other(votes, truth, taxonomy):
    wrong = votes.merge(truth, on="clip_id", suffixes=("", "_true")).query("label != label_true")
    near = [a.label in taxonomy[a.label_true].neighbours for a in wrong.itertuples()]
    none = wrong["label"] == taxonomy.other
    assert sum(near) / len(wrong) == pytest.approx(0.7, abs=0.05)
    assert none.mean() == pytest.approx(0.15, abs=0.04)
    nearest = [a.label == taxonomy[a.label_true].neighbours[0] for a in wrong.itertuples()]
    assert sum(nearest) / sum(near) == pytest.approx(2 / 3, abs=0.05)


def test_a_vote_does_not_depend_on_the_other_clips_or_the_order(
    annotators, votes, truth, taxonomy, bench
):
    some = truth["clip_id"].sample(40, random_state=1)
    shuffled = SimulatedAnnotators(truth.sample(frac=1, random_state=2), taxonomy, 20250101)
    again = shuffled.vote(bench, some)
    expected = votes[votes["clip_id"].isin(some)].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, expected)


def test_another_seed_or_campaign_gives_other_votes(annotators, votes, truth, taxonomy, bench):
    other_seed = SimulatedAnnotators(truth, taxonomy, seed=1).vote(bench, truth["clip_id"])
    assert not other_seed["label"].equals(votes["label"])
    other = Campaign("again", bench.annotators_per_clip, bench.threshold, bench.labels, bench.other)
    again = annotators.vote(other, truth["clip_id"])
    assert not again["label"].equals(votes["label"])


def test_the_adjudicator_is_better_than_the_dozen_and_not_perfect(annotators, truth, bench, votes):
    verdicts = annotators.adjudicate(bench.adjudication, truth["clip_id"])
    assert verdicts["annotator"].unique().tolist() == [ADJUDICATOR]
    assert verdicts["clip_id"].is_unique and len(verdicts) == 642

    def right(table):
        both = table.merge(truth, on="clip_id", suffixes=("", "_true"))
        return (both["label"] == both["label_true"]).groupby(both["annotator"]).mean()

    assert right(votes).max() < right(verdicts).max() < 1


def test_disputed_clips_and_no_others_go_to_the_adjudicator(annotators, truth, rounds):
    votes = collect_votes(rounds, truth["clip_id"], "simulated", simulated=annotators)
    by_campaign = votes.groupby("campaign")["clip_id"].nunique()
    assert by_campaign["round_1"] == 642
    assert 0 < by_campaign["round_1.adjudication"] < 200


def test_perfect_annotators_agree_fully(truth, taxonomy, bench):
    sure = SimulatedOptions(ability_mean_logit=50, difficulty_sd_logit=0)
    votes = SimulatedAnnotators(truth, taxonomy, 1, sure).vote(bench, truth["clip_id"])
    assert measure_agreement(votes, bench)["krippendorff_alpha"] == 1


def test_truth_goes_to_the_clip_that_its_scene_covers():
    scenes = pd.DataFrame(
        [["f", 0.0, 5.0, "sad"], ["f", 5.0, 9.0, "happy"], ["g", 0.0, 5.0, "angry"]],
        columns=["source_id", "start_s", "end_s", "label"],
    )
    clips = candidates(("f_a", "f", 0.1, 5.2), ("f_b", "f", 5.2, 9.0), ("g_a", "g", 0.0, 4.9))
    assert match_truth(scenes, clips).to_numpy().tolist() == [
        ["f_a", "sad"],
        ["f_b", "happy"],
        ["g_a", "angry"],
    ]


def test_a_clip_that_no_scene_covers_by_more_than_half_has_no_truth():
    scenes = pd.DataFrame(
        [["f", 0.0, 2.0, "sad"], ["f", 2.0, 4.0, "happy"]],
        columns=["source_id", "start_s", "end_s", "label"],
    )
    clips = candidates(("half", "f", 0.0, 4.0), ("most", "f", 0.0, 3.9), ("none", "g", 0.0, 4.0))
    assert match_truth(scenes, clips).to_numpy().tolist() == [["most", "sad"]]
    assert match_truth(scenes.iloc[:0], clips).empty


def candidates(*rows) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["clip_id", "source_id", "start_s", "end_s"])
    return table.assign(
        duration_s=table["end_s"] - table["start_s"],
        subtitle="Hello.",
        language="en",
        frames_sampled=12,
        frames_with_face=12,
        face_ratio=1.0,
        clip_path="clips/x.mp4",
    )
