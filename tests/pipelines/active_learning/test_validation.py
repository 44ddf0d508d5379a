import pandas as pd
import pytest

from libra_emo.pipelines.active_learning.validation import (
    leave_best,
    measure_gain,
    score_on,
    take_best,
)
from libra_emo.schemas import JudgedClips, check
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
CLIPS = [f"c{number:02d}" for number in range(40)]
FEATURES = pd.DataFrame({"clip_id": CLIPS, "source_id": [f"f{n % 8}" for n in range(40)]})
LABELS = pd.DataFrame({"clip_id": CLIPS[::-1], "label": "sad"})


class Answering:
    """A student that is right about the first clips, and cannot read the last one."""

    def __init__(self, right):
        self.answers = ["sad"] * right + ["happy"] * (39 - right) + [None]

    def predict(self, features, clips=None):
        known = dict(zip(CLIPS, self.answers, strict=True))
        return features[["clip_id"]].assign(predicted=features["clip_id"].map(known))


def judge(right, before=None):
    scores, judged = score_on(Answering(right), LABELS, FEATURES, TAXONOMY, None)
    return scores, take_best(check(judged, JudgedClips), before)


def test_a_student_is_scored_on_the_clips_that_are_given():
    scores, judged = judge(20)
    assert scores["accuracy"] == 0.5 and scores["accuracy_low"] < 0.5 < scores["accuracy_high"]
    assert judged["clip_id"].tolist() == CLIPS and judged["best"].isna().all()
    assert measure_gain(judged, "accuracy", TAXONOMY, 1) is None


@pytest.mark.parametrize(("right", "measurable"), [(10, False), (20, False), (35, True)])
def test_a_gain_is_against_the_best_student_so_far(right, measurable):
    first = leave_best(judge(20)[1], rises=True)
    weaker = leave_best(judge(12, first)[1], rises=False)
    judged = judge(right, weaker)[1]
    gain = measure_gain(judged, "accuracy", TAXONOMY, 1)
    assert gain.difference == pytest.approx((right - 20) / 40)
    assert (gain.low > 0) == measurable
