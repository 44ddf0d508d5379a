from pathlib import Path
from types import SimpleNamespace

from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import DataCatalog
from kedro.pipeline import node, pipeline

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
    for _ in range(2):
        manager.hook.after_node_run(
            node=made, catalog=catalog, inputs={}, is_async=False, outputs={}, run_id="1"
        )
    for each in hooks:
        assert (each.parameters, each.project) == ({"seed": 7}, Path("project"))
        assert each.ran == [made, made]
    manager.hook.before_pipeline_run(**run)
    assert [each.ran for each in hooks] == [[], []]
    assert hooks[1]._settings == {"tracking": "here"}
