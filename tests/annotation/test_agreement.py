import math
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.ballots import ballots

from libra_emo.annotation.agreement import (
    krippendorff_alpha,
    measure_agreement,
    summarise_campaigns,
)

LABELS = Path(__file__).parents[2] / "../shared/real/labels"
FERPLUS = LABELS / "ferplus/fer2013new.csv"
CREMA_D = LABELS / "crema_d/tabulatedVotes.csv"

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section C: four observers,
# twelve units, missing answers; nominal alpha 0.743.
OBSERVERS = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def test_alpha_is_that_of_krippendorffs_own_example():
    answers = pd.DataFrame([list(answers) for answers in OBSERVERS]).T
    assert answers.shape == (12, 4)
    counts = answers.apply(lambda unit: unit[unit != "."].value_counts(), axis=1).fillna(0)
    assert krippendorff_alpha(counts) == pytest.approx(0.743, abs=5e-4)


@pytest.mark.skipif(not FERPLUS.exists(), reason="the real labels are not here")
def test_alpha_of_ferplus_is_the_published_votes_own():
    counts = pd.read_csv(FERPLUS).iloc[:, 2:]
    assert counts.shape == (35887, 10)
    assert krippendorff_alpha(counts) == pytest.approx(0.5151, abs=5e-5)


@pytest.mark.skipif(not CREMA_D.exists(), reason="the real labels are not here")
@pytest.mark.parametrize(("modality", "alpha"), [("1", 0.2811), ("2", 0.4582), ("3", 0.4967)])
def test_alpha_of_crema_d_by_what_its_raters_saw(modality, alpha):
    """Numbers of the package krippendorff 0.8.2 for voice, face and both, 7,442 clips each."""
    table = pd.read_csv(CREMA_D, index_col=0)
    counts = table.loc[table.index.astype(str).str.startswith(modality), list("ADFHNS")]
    assert len(counts) == 7442
    assert krippendorff_alpha(counts) == pytest.approx(alpha, abs=5e-5)


@settings(deadline=None)
@given(arrays(int, st.tuples(st.integers(1, 30), st.integers(2, 14)), elements=st.integers(0, 6)))
def test_alpha_is_that_of_the_package_krippendorff(counts):
    """Rows with one vote or none stand for missing answers."""
    paired = counts[counts.sum(axis=1) >= 2]
    assume((paired.sum(axis=0) > 0).sum() >= 2)
    used = paired[:, paired.sum(axis=0) > 0]
    theirs = krippendorff.alpha(value_counts=used, level_of_measurement="nominal")
    assert krippendorff_alpha(pd.DataFrame(counts)) == pytest.approx(theirs, rel=0, abs=1e-12)


def test_votes_for_nothing_but_one_answer_have_no_alpha():
    assert math.isnan(krippendorff_alpha(pd.DataFrame(np.zeros((3, 2)))))
    assert math.isnan(krippendorff_alpha(pd.DataFrame()))


def test_report_of_a_campaign(rounds):
    votes = pd.concat(
        [
            ballots(
                "round_1",
                a="sad sad sad sad",
                b="happy happy sad sad",
                c="sad happy angry other",
                d="other other other sad",
            ),
            ballots("round_1.adjudication", b="happy", c="sad"),
        ]
    )
    report = measure_agreement(votes, rounds)
    assert report["clips"] == 4 and report["votes"] == 16
    assert [report[f"share_{name}"] for name in ("agreed", "other", "tie", "miss")] == [0.25] * 4
    # by hand: 1 - (n - 1) * disagreement within clips / disagreement at large, over 16 answers
    within = (0 + 2 * 2 * 2 / 3 + 12 / 3 + 2 * 3 / 3) / 16
    at_large = (16**2 - (8**2 + 3**2 + 1**2 + 4**2)) / (16 * 15)
    assert report["krippendorff_alpha"] == pytest.approx(1 - within / at_large, abs=1e-4)


def test_alpha_is_not_defined_without_two_different_answers(rounds):
    assert math.isnan(krippendorff_alpha(pd.DataFrame({"sad": [4, 4]})))
    assert math.isnan(krippendorff_alpha(pd.DataFrame({"sad": [1, 0], "happy": [0, 1]})))
    report = measure_agreement(ballots("round_1", a="sad sad", b="sad sad"), rounds)
    assert report["krippendorff_alpha"] is None


def test_a_campaign_without_votes_has_no_shares(rounds):
    report = measure_agreement(ballots("round_1"), rounds)
    assert report["clips"] == 0
    assert report["share_agreed"] is None


def test_campaigns_are_summarised_with_their_adjudications():
    votes = pd.concat(
        [
            ballots("bench", c1="sad sad", c2="sad happy"),
            ballots("bench.adjudication", c2="happy"),
            ballots("round_1", c3="sad"),
        ]
    )
    bench, round_1 = summarise_campaigns(votes)
    assert bench["krippendorff_alpha"] == round(
        krippendorff_alpha(pd.DataFrame({"sad": [2, 1], "happy": [0, 1]})), 4
    )
    assert {**bench, "krippendorff_alpha": 0} == {
        **{"campaign": "bench", "people": 2, "clips": 2, "votes": 4},
        **{"adjudicated": 1, "krippendorff_alpha": 0},
    }
    assert (round_1["votes"], round_1["krippendorff_alpha"]) == (1, None)
    assert summarise_campaigns(votes.iloc[:0]) == []
