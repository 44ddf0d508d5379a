import pytest
from pydantic import ValidationError

from libra_emo.common import options
from libra_emo.evaluation.options import EvaluatedModel, EvaluationOptions


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"models": [{"name": "x"}]}, "exactly one of source, path, model, predictions"),
        ({"models": [{"name": "x", "path": "a", "source": "voters"}]}, "source and path"),
        ({"models": []}, "nothing would be evaluated"),
        ({"models": [{"name": "x", "path": "a"}, {"name": "x", "path": "b"}]}, "'x' twice"),
        ({"models": [{"name": "x", "model": "gpt"}]}, "lacks its provider, such as openai/gpt"),
        ({"models": [{"name": "x", "path": "a", "tries": 2}]}, "`tries` can only stand beside"),
        ({"models": [{"name": "x", "model": "gemini/y", "batch": True}]}, "`batch` works with"),
        ({"models": [{"name": "x", "model": "o/y", "parameters": {"api_key": "z"}}]}, "api_key"),
        ({"modality_sets": ["V", "V"]}, "'V' twice"),
        ({"modality_sets": ["smell"]}, "is no modality"),
        ({"modality_sets": ["TV", "video, text"]}, "'VT' twice"),
        ({"modality_sets": [""]}, "at least 1"),
        ({"permutations": 5}, "100"),
    ],
)
def test_contradictions_are_refused(values, message):
    with pytest.raises(ValidationError, match=message):
        EvaluationOptions.model_validate(values)


def test_each_way_alone_is_a_model():
    ways = ({"source": "student"}, {"path": "a"}, {"predictions": "a.csv"}, {"model": "openai/m"})
    for way in ways:
        assert EvaluatedModel.model_validate({"name": "x", **way}).name == "x"


def test_the_old_name_of_an_option_still_works_and_is_logged_once(caplog):
    old = {"name": "x", "source": "student", "written": True}
    options._log_old_name.cache_clear()
    assert EvaluatedModel.model_validate(old).generate_answers
    EvaluatedModel.model_validate(old)
    assert [record.getMessage() for record in caplog.records] == [
        "The parameter `written` is now called `generate_answers`; the old name still works."
    ]
    with pytest.raises(ValidationError, match="Extra inputs"):
        EvaluatedModel.model_validate({**old, "generate_answers": True})
