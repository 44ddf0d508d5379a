from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import DataCatalog, DatasetError
from kedro.pipeline import node, pipeline
from kedro.runner import SequentialRunner

from libra_emo.datasets import CsvTableDataset
from libra_emo.hooks import RecordingHooks, TrackingHooks


def test_kedro_tells_every_hook_of_configuration_and_nodes_and_forgets_the_run_before():
    hooks = [RecordingHooks(), TrackingHooks()]
    manager = _create_hook_manager()
    for each in hooks:
        manager.register(each)
    loader = {"parameters": {"seed": 7}, "mlflow": {"tracking": "here"}}
    context = SimpleNamespace(config_loader=loader, project_path=Path("project"))
    made = node(lambda: 1, None, "a", name="make")
    catalog, empty = DataCatalog({}), pipeline([])
    run = {"run_params": {}, "pipeline": empty, "catalog": catalog}
    manager.hook.after_context_created(context=context)
    manager.hook.before_pipeline_run(**run)
    for _ in range(2):  # such as two parts of one dataset
        manager.hook.after_dataset_saved(dataset_name="a", data=1, node=made)
    for each in hooks:
        assert (each.parameters, each.project) == ({"seed": 7}, Path("project"))
        assert each.ran == [made]
    manager.hook.before_pipeline_run(**run)
    assert [each.ran for each in hooks] == [[], []]
    assert hooks[1]._settings == {"tracking": "here"}


def test_a_node_whose_outputs_cannot_be_saved_has_not_run(tmp_path):
    """The files of an earlier run would be recorded as its results."""
    hooks, manager = RecordingHooks(), _create_hook_manager()
    manager.register(hooks)
    (tmp_path / "file").touch()
    place = tmp_path / "file/table.csv"  # no folder can be made there, as on a full disk
    catalog = DataCatalog({"table": CsvTableDataset(filepath=str(place))})
    first = node(lambda: 1, None, "a", name="first")
    second = node(lambda _: (2, pd.DataFrame()), "a", ["b", "table"], name="second")
    with pytest.raises(DatasetError):
        SequentialRunner().run(pipeline([first, second]), catalog, manager)
    assert hooks.ran == [first]
