"""dvc.yaml against the catalog, the pipelines and the parameters."""

import subprocess
from pathlib import Path

import pytest
import yaml
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from libra_emo.cli.reproduction.graph import open_project
from libra_emo.configuration.rounds import describe_rounds
from libra_emo.datasets import dataset_path

ROOT = Path(__file__).parents[1]
# inputs that nodes write into
WRITTEN = ("clips_folder", "finished_folder")


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


@pytest.mark.parametrize("last", [1, 2, 6])
def test_the_stages_of_the_rounds_follow_the_configuration(last):
    content = {"rounds": describe_rounds(last)}
    with open_project(ROOT, content) as repository:
        found = {stage.addressing: stage for stage in repository.index.stages}
        labels = ROOT / f"data/05_model_input/labels/round_{last}.parquet"
        assert str(labels) in {dep.fs_path for dep in found["active_learning"].deps}
    for what, first in (("select", 1), ("ask", 0), ("label", 0), ("train", 0)):
        listed = {name for name in found if name.startswith(f"{what}_round@")}
        assert listed == {f"{what}_round@{number}" for number in range(first, last + 1)}


def test_media_survive_a_rerun():
    found = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))
    outs = found["stages"]["preprocessing"]["outs"]
    kept = {path for out in outs if isinstance(out, dict) for path in out if "persist" in out[path]}
    assert kept == {f"data/03_primary/{name}" for name in ("clips", "finished", "shards")}


def test_no_film_and_no_store_is_an_output(stages):
    for name, outputs in stages.items():
        for path in outputs:
            assert path.suffix != ".sqlite", name
            assert Path("data/01_raw/films") not in (path, *path.parents), name


def test_git_ignores_what_dvc_stores_and_holds_the_rest(stages):
    """In a clone there are no `.gitignore` files of DVC: the root's must name every output.

    A folder that DVC holds is ignored with the tables in it, whether the folder is there or not.
    """
    from dvc.repo import Repo

    with Repo(str(ROOT)) as repository:
        cached = {
            Path(out.fs_path).relative_to(ROOT).as_posix(): out.use_cache
            for stage in repository.index.stages
            for out in stage.outs
        }
    inside = {f"{name}/table.csv" for name, is_cached in cached.items() if is_cached}
    files = "".join(f"{name}\n" for name in (*cached, *inside))
    done = subprocess.run(
        ["git", "-c", "core.excludesFile=", "check-ignore", "--no-index", "--stdin"],
        cwd=ROOT,
        input=files,
        capture_output=True,
        text=True,
    )
    stored = {name for name, is_cached in cached.items() if is_cached}
    assert set(done.stdout.split()) == stored | inside


@pytest.mark.parametrize(
    ("name", "ignored"),
    [
        ("data/02_intermediate/configuration.yml", False),
        ("dvc.lock", False),
        ("films/a.mp4", True),
        ("data/01_raw/annotations.sqlite", True),
        ("data/.run.lock", True),
    ],
)
def test_git_ignores_films_and_stores(name, ignored):
    command = ["git", "check-ignore", "--no-index", "-q", name]
    assert (subprocess.run(command, cwd=ROOT).returncode == 0) == ignored
