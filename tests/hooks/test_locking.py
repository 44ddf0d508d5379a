from types import SimpleNamespace

import pytest

from libra_emo.configuration.project_lock import find_holder
from libra_emo.hooks import LockingHooks


@pytest.fixture
def hooks(tmp_path):
    hooks = LockingHooks()
    hooks.after_context_created(
        SimpleNamespace(config_loader={"parameters": {}, "mlflow": None}, project_path=tmp_path)
    )
    return hooks


@pytest.mark.parametrize("ending", ["after_pipeline_run", "on_pipeline_error"])
def test_the_project_is_held_while_a_pipeline_runs(hooks, tmp_path, ending):
    assert find_holder(tmp_path) is None
    hooks.before_pipeline_run()
    assert find_holder(tmp_path).command == "kedro run"
    getattr(hooks, ending)()
    assert find_holder(tmp_path) is None


def test_sessions_in_a_row_hold_it_each(hooks, tmp_path):
    for _ in range(2):
        hooks.before_pipeline_run()
        hooks.after_pipeline_run()
    assert find_holder(tmp_path) is None
