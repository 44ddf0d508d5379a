import pytest
from pydantic import ValidationError

from libra_emo.pipelines.active_learning.options import ActiveLearningOptions


def test_the_papers_rule_is_not_asked_one_after_the_other():
    with pytest.raises(ValidationError, match="choose another query_strategy"):
        ActiveLearningOptions(sequential=True)
    assert ActiveLearningOptions(sequential=True, query_strategy="random").sequential
