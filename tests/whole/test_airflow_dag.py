"""The DAG that `kedro airflow create --group-by namespace` writes, without Airflow."""

import ast
from pathlib import Path

import jinja2
import pytest
import yaml

from libra_emo.configuration import remember_parameters
from libra_emo.pipeline_registry import register_pipelines

CONF = Path(__file__).parents[2] / "conf/base"
ORDER = [
    *("preprocessing", "bench", "voting"),
    *(f"round_{number}" for number in range(5)),
    *("active_learning", "explanation", "training", "evaluation"),
]


@pytest.fixture(scope="module")
def groups():
    remember_parameters({"max_rounds": 4})
    return register_pipelines()["__default__"].group_nodes_by(group_by="namespace")


def test_tasks_are_a_dozen_in_the_order_of_the_method(groups):
    assert {group.name for group in groups} == set(ORDER)
    before = {group.name: set(group.dependencies) for group in groups}
    done = []
    while len(done) < len(ORDER):
        # one at a time: no two tasks want to work on the project at once
        (ready,) = [name for name in ORDER if name not in done and before[name] <= set(done)]
        done.append(ready)
    assert done == ORDER


def test_no_task_reads_what_another_one_keeps_in_memory(groups):
    from kedro.io import DataCatalog, MemoryDataset

    from libra_emo.configuration.loader import LayeredConfigLoader

    config = LayeredConfigLoader(str(CONF.parent), base_env="base")
    catalog = DataCatalog.from_config(config["catalog"], config["credentials"])
    pipeline = register_pipelines()["__default__"]
    groups_of = {node.name: node.namespace for node in pipeline.nodes}
    for node in pipeline.nodes:
        for name in node.outputs:
            readers = {n.namespace for n in pipeline.only_nodes_with_inputs(name).nodes}
            if readers - {groups_of[node.name]}:
                assert name in catalog, name
                assert not isinstance(catalog.get(name), MemoryDataset), name


def test_the_template_gives_a_program_with_every_task(groups):
    values = yaml.safe_load((CONF / "airflow.yml").read_text(encoding="utf-8"))["default"]
    environment = jinja2.Environment(
        autoescape=True, lstrip_blocks=True, loader=jinja2.FileSystemLoader(CONF / "airflow")
    )
    environment.filters["slugify"] = lambda text: text.replace("_", "-")
    text = environment.get_template("dag.py.j2").render(
        dag_name="libra_emo",
        package_name="libra_emo",
        pipeline_name="__default__",
        env="local",
        conf_source="",
        node_objs=groups,
        **values,
    )
    tree = ast.parse(text)
    tasks = [each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]
    assert set(ORDER) <= set(tasks)
    assert text.count(">>") == sum(len(group.dependencies) for group in groups)
