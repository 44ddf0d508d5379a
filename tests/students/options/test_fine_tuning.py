import pytest
from pydantic import ValidationError

from libra_emo.students.options.fine_tuning import FineTuningOptions, LauncherOptions


def test_the_defaults_are_the_papers_table_11():
    options = FineTuningOptions()
    assert options.learning_rate == 3e-4
    assert options.warmup_ratio == 0.03
    assert options.batch_clips == 128
    assert options.epochs == 1
    assert options.weight_decay == 0.01
    assert options.max_gradient_norm == 1.0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": "none", "hostfile": "hosts"}, "hostfile"),
        ({"start": "srun", "hostfile": "hosts"}, "hostfile"),
        ({"kind": "none", "start": "srun"}, "kind"),
        ({"kind": "none", "processes": 2}, "processes"),
        ({"zero_stage": 1}, "zero_stage"),
    ],
)
def test_launchers_that_cannot_start_are_refused(values, message):
    with pytest.raises(ValidationError, match=message):
        LauncherOptions(**values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"cross_fitting_folds": 1}, "cross_fitting_folds"),
        ({"keep": "best", "validation_fraction": 0}, "keep"),
        ({"warmup_ratio": 1.5}, "warmup_ratio"),
        ({"batch_size": 1}, "batch_size"),
    ],
)
def test_trainings_that_cannot_be_are_refused(values, message):
    with pytest.raises(ValidationError, match=message):
        FineTuningOptions(**values)
