"""dvc.yaml against the catalog, the pipelines and the parameters."""

from pathlib import Path

import pytest
import yaml
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from libra_emo.datasets import dataset_path

ROOT = Path(__file__).parents[1]
# inputs that nodes write into
WRITTEN = ("clips_folder", "finished_folder", "answers", "explanation_answers")


@pytest.fixture(scope="module")
def context():
    bootstrap_project(ROOT)
    with KedroSession.create(ROOT) as session:
        yield session.load_context()


@pytest.fixture(scope="module")
def stages():
    """Return stage → its outputs as paths relative to the project, foreach unrolled."""
    from dvc.repo import Repo

    with Repo(str(ROOT)) as repository:
        return {
            stage.addressing: {Path(out.fs_path).relative_to(ROOT) for out in stage.outs}
            for stage in repository.index.stages
        }


def outputs_of(tag, catalog):
    """Return what the nodes of a tag write to files."""
    made = set()
    for node in pipelines["__default__"].only_nodes_with_tags(tag).nodes:
        written = (name for name in node.inputs if name in WRITTEN)
        for name in [*node.outputs, *written]:
            path = dataset_path(catalog.get(name))
            if path is not None:
                made.add(path.resolve().relative_to(ROOT))
    return made


def test_every_stage_writes_what_its_nodes_write(stages, context):
    for name, outputs in stages.items():
        made = outputs_of(name.replace("@", "_"), context.catalog)
        assert made, f"no node has the tag of {name}"
        folders = {path for path in outputs if path.suffix == ""}
        inside = {
            next((folder for folder in folders if folder in path.parents), path) for path in made
        }
        assert inside == outputs, name


def test_every_node_has_one_stage(stages):
    tags = {name.replace("@", "_") for name in stages}
    for node in pipelines["__default__"].nodes:
        assert len(node.tags & tags) == 1, node.name


def test_rounds_are_as_many_as_the_parameter_says(stages, context):
    last = context.params["max_rounds"]
    for what, first in (("select", 1), ("ask", 0), ("label", 0), ("train", 0)):
        listed = {name for name in stages if name.startswith(f"{what}_round@")}
        assert listed == {f"{what}_round@{number}" for number in range(first, last + 1)}


def test_stores_and_media_survive_a_rerun():
    found = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))
    outs = found["stages"]["preprocessing"]["outs"]
    kept = {path for out in outs if isinstance(out, dict) for path in out if "persist" in out[path]}
    assert kept == {f"data/03_primary/{name}" for name in ("clips", "finished", "shards")}
    for stage, name in (("voting", "answers"), ("explanation", "explanation_answers")):
        kept = {f"data/04_feature/{name}.sqlite": {"persist": True}}
        assert kept in found["stages"][stage]["outs"]


def test_no_film_and_no_vote_is_an_output(stages):
    for name, outputs in stages.items():
        for path in outputs:
            assert path != Path("data/01_raw/annotations.sqlite"), name
            assert Path("data/01_raw/films") not in (path, *path.parents), name
