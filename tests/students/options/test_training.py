import pytest
from pydantic import ValidationError

from libra_emo.students.options import TrainingOptions


@pytest.mark.parametrize(
    ("given", "modalities"),
    [("VT", "VT"), ("TV", "VT"), ("voice", "A"), (["face", "text"], "VT"), ("video, audio", "VA")],
)
def test_modalities_are_letters_or_names(given, modalities):
    assert TrainingOptions(modalities=given).modalities == modalities
    assert TrainingOptions(multimodal={"modalities": given}).multimodal.modalities == modalities


@pytest.mark.parametrize("given", ["", "smell", ["V", "X"], 5])
def test_other_modalities_are_refused(given):
    with pytest.raises(ValidationError, match="modalit"):
        TrainingOptions(modalities=given)


def test_a_key_that_is_not_known_is_refused():
    with pytest.raises(ValidationError, match="modality"):
        TrainingOptions(modality="V")


def test_a_student_is_cross_fitted_from_two_folds_on():
    base = TrainingOptions()
    assert base.cross_fits("classical") and not base.cross_fits("multimodal")
    folds = TrainingOptions(
        classical={"folds": 0}, multimodal={"training": {"cross_fitting_folds": 2}}
    )
    assert folds.cross_fits("multimodal") and not folds.cross_fits("classical")
