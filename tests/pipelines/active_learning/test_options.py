import pytest
from pydantic import ValidationError

from libra_emo.pipelines.active_learning.options import ActiveLearningOptions


def test_the_papers_rule_is_not_asked_one_after_the_other():
    with pytest.raises(ValidationError, match="choose another query_strategy"):
        ActiveLearningOptions(sequential=True)
    assert ActiveLearningOptions(sequential=True, query_strategy="random").sequential


@pytest.mark.parametrize(
    ("limits", "most"),
    [
        ({}, 90),
        ({"clips_per_round": 7}, 7),
        ({"clips_per_round": 700}, 90),
        ({"share_per_round": 0.2}, 18),
        ({"share_per_round": 0.001}, 1),
        ({"share_per_round": 0.2, "clips_per_round": 7}, 7),
        ({"share_per_round": 0.2, "clips_per_round": 70}, 18),
    ],
)
def test_the_smaller_limit_of_a_round_holds(limits, most):
    options = ActiveLearningOptions(**limits)
    assert options.most_clips(90) == most
    assert options.most_clips(0) == 0
