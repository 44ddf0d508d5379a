import pytest
from pydantic import ValidationError

from libra_emo.evaluation.sweeps.options import SweepOptions
from libra_emo.evaluation.sweeps.settings import SWEEPS, list_settings


def names(sweep, rounds=3, explains=False, **options):
    return [s.name for s in list_settings(sweep, SweepOptions(**options), rounds, explains)]


def test_the_papers_figure_4_and_tables_2_6_and_8():
    assert names("data_share") == ["12.5 %", "25 %", "50 %", "100 %"]
    assert names("modalities", modalities=["V", "TV"]) == ["V", "VT"]
    assert names("classes") == ["fine", "fine, scored as coarse", "coarse"]
    assert names("label_rounds", rounds=2, explains=True) == [
        "round 0, labels alone",
        "round 0, with explanations",
        "round 1, labels alone",
        "round 1, with explanations",
    ]


def test_a_student_without_explanations_is_trained_once_a_round():
    assert names("label_rounds") == ["round 0", "round 1", "round 2"]


@pytest.mark.parametrize("sweep", SWEEPS)
def test_no_two_settings_of_a_sweep_are_alike(sweep):
    found = names(sweep, explains=True)
    assert len(set(found)) == len(found) > 1


@pytest.mark.parametrize(
    "values",
    [{"shares": []}, {"shares": [0.5, 0.5]}, {"shares": [0]}, {"modalities": ["VT", "TV"]}],
)
def test_what_makes_no_sense_is_refused(values):
    with pytest.raises(ValidationError):
        SweepOptions(**values)
