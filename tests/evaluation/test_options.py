import pytest
from pydantic import ValidationError

from libra_emo.evaluation.options import EvaluationOptions, JudgedModel


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"models": [{"name": "x"}]}, "exactly one of source, path, model, predictions"),
        ({"models": [{"name": "x", "path": "a", "source": "voters"}]}, "source and path"),
        ({"models": []}, "nothing would be judged"),
        ({"models": [{"name": "x", "path": "a"}, {"name": "x", "path": "b"}]}, "'x' twice"),
        ({"models": [{"name": "x", "model": "gpt"}]}, "asks no models"),
        ({"modality_sets": ["V", "V"]}, "'V' twice"),
        ({"modality_sets": ["smell"]}, "is no modality"),
        ({"modality_sets": ["TV", "video, text"]}, "'VT' twice"),
        ({"modality_sets": [""]}, "at least 1"),
        ({"resamples": 5}, "100"),
    ],
)
def test_contradictions_are_said(options, said):
    with pytest.raises(ValidationError, match=said):
        EvaluationOptions.model_validate(options)


def test_each_way_alone_is_a_model():
    for way in ({"source": "student"}, {"path": "a"}, {"predictions": "a.csv"}):
        assert JudgedModel.model_validate({"name": "x", **way}).name == "x"
