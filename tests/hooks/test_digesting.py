import json
from types import SimpleNamespace

import pandas as pd
import pytest
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline, node

from libra_emo.datasets import StudentDataset, TableDataset
from libra_emo.hooks import DigestingHooks
from libra_emo.hooks.digesting import DIGESTS

LABELS = pd.DataFrame({"clip_id": ["a"], "label": ["sad"]})
READING = Pipeline([node(len, "round_0.labels", "count"), node(len, "round_0.model", "other")])


@pytest.fixture
def project(tmp_path):
    """A project whose labels and student have just been made."""
    path = tmp_path / "data"
    catalog = DataCatalog(
        {
            "round_0.labels": TableDataset(filepath=str(path / "labels/round_0.parquet")),
            "round_0.model": StudentDataset(filepath=str(path / "models/round_0")),
            "features": TableDataset(filepath=str(path / "features.parquet")),
        }
    )
    hooks = DigestingHooks()
    hooks.after_context_created(
        SimpleNamespace(config_loader={"parameters": {}, "mlflow": None}, project_path=tmp_path)
    )
    for name in ("round_0.labels", "features"):
        catalog.get(name).save(LABELS)
    (path / "models/round_0").mkdir(parents=True)
    (path / "models/round_0/student.json").write_text("{}")
    for name in ("round_0.labels", "round_0.model", "features"):
        hooks.after_node_run(node(len, "x", name), catalog)
    return SimpleNamespace(path=tmp_path, catalog=catalog, hooks=hooks)


def warnings(project, caplog):
    caplog.clear()
    project.hooks.before_pipeline_run(READING, project.catalog)
    return caplog.messages


def test_git_gets_the_digests_of_labels_and_students(project):
    known = json.loads((project.path / DIGESTS).read_text())
    assert list(known) == ["data/labels/round_0.parquet", "data/models/round_0"]
    assert {len(digest) for digest in known.values()} == {64}


def test_what_is_unchanged_is_not_mentioned(project, caplog):
    assert warnings(project, caplog) == []


@pytest.mark.parametrize("place", ["data/labels/round_0.parquet", "data/models/round_0"])
def test_swapped_labels_or_students_are_named(project, caplog, place):
    if "labels" in place:
        project.catalog.get("round_0.labels").save(LABELS.assign(label="happy"))
    else:
        (project.path / place / "student.json").write_text('{"a": 1}')
    (line,) = warnings(project, caplog)
    assert line.startswith(f"{place} is not what data/08_reporting/.digests.json")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"data/models/round_0": 1}'])
def test_a_file_of_digests_that_is_damaged_ends_no_run(project, caplog, text):
    (project.path / DIGESTS).write_text(text)
    warnings(project, caplog)
    project.hooks.after_node_run(node(len, "x", "round_0.labels"), project.catalog)
    assert "data/labels/round_0.parquet" in json.loads((project.path / DIGESTS).read_text())


def test_what_is_missing_is_not_mentioned(project, caplog):
    (project.path / "data/labels/round_0.parquet").unlink()
    assert warnings(project, caplog) == []
