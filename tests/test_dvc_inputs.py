"""What the stages of dvc.yaml depend on, against what their nodes read and reach."""

import logging
from pathlib import Path

import pytest
from dvc.repo import Repo
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from libra_emo.configuration.registry import whole_pipeline
from libra_emo.configuration.snapshot import SNAPSHOT_FILE, take_snapshot
from libra_emo.configuration.stages import digest_parts, digest_stages, tag_of
from libra_emo.datasets import dataset_path

PROJECT = Path(__file__).parents[1]
# these read of the report before only which round it tells of
NUMBER_ONLY = ("ask_round", "label_round")
# copies of films that the digest of the films stands for, and stores that are only added to
CACHES = ("film_copies", "answers", "explanation_answers", "evaluation_answers")


@pytest.fixture(scope="module")
def context():
    bootstrap_project(PROJECT)
    pipelines.set_requested(None)
    return KedroSession.create(PROJECT).load_context()


@pytest.fixture(scope="module")
def stages():
    logging.getLogger("dvc").setLevel(logging.ERROR)
    with Repo(str(PROJECT)) as repository:
        return {stage.addressing.rsplit(":", 1)[-1]: stage for stage in repository.index.stages}


def nodes_of(stage):
    """Return the nodes that a stage's command runs."""
    command, option, name = stage.cmd.rsplit(" ", 2)
    assert command == "kedro run"
    if option == "--tags":
        return pipelines["__default__"].filter(tags=[name]).nodes
    assert option == "--pipeline"
    return pipelines[name].nodes


def paths(entries):
    return {Path(entry.fs_path) for entry in entries}


def files_read(nodes, catalog):
    """Return the files that nodes read and do not make themselves."""
    made = {name for node in nodes for name in node.outputs}
    read = {name for node in nodes for name in node.inputs} - made - {*CACHES}
    paths = {dataset_path(catalog.get(name)) for name in read if name in catalog}
    return paths - {None}


@pytest.fixture(scope="module")
def parts(context):
    parameters = context.config_loader["parameters"]
    return digest_stages(whole_pipeline(), context.catalog, parameters, PROJECT)


def test_every_stage_depends_on_the_files_that_its_nodes_read(context, stages, parts):
    missing = set()
    for name, stage in stages.items():
        files = files_read(nodes_of(stage), context.catalog) - paths(stage.outs)
        if name.startswith(NUMBER_ONLY):
            files = {path for path in files if path.parent.name != "rounds"}
        known = paths(stage.deps) | {PROJECT / part for part in parts[tag_of(name)] if "/" in part}
        missing |= {(name, f) for f in files if not known.intersection([f, *f.parents])}
    assert not missing


def test_every_stage_depends_on_the_parameters_that_its_nodes_read(context, stages):
    digests = {"films": "films_digest"}
    for name, stage in stages.items():
        read = {each for node in nodes_of(stage) for each in node.inputs}
        groups = {each.removeprefix("params:").split(".")[0] for each in read if "params:" in each}
        wanted = {digests.get(group, group) for group in groups} - {"executor"}
        keys = [key for dep in stage.deps for key in getattr(dep, "params", [])]
        assert f"code.{tag_of(name)}" in keys
        assert wanted == {key.split(".")[0] for key in keys} - {"votes", "code"}, name


def test_the_configuration_has_every_key_that_a_stage_asks_for(context, stages, parts):
    parameters = context.config_loader["parameters"]
    snapshot = take_snapshot(parameters, context.catalog, PROJECT, digest_parts(parts))
    for name, stage in stages.items():
        for dep in stage.deps:
            for key in getattr(dep, "params", []):
                assert Path(dep.fs_path) == PROJECT / SNAPSHOT_FILE
                found = snapshot
                for part in key.split("."):
                    assert part in found, f"{name}: {key}"
                    found = found[part]
