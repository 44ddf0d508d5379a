import json
from types import SimpleNamespace

import pandas as pd
import pytest
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline, node
from kedro.runner import SequentialRunner

from libra_emo.datasets import StudentDataset, TableDataset
from libra_emo.hooks import DigestingHooks
from libra_emo.hooks.digesting import DIGESTS, record_restored

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
    hooks.before_pipeline_run(Pipeline([]), catalog)
    for name in ("round_0.labels", "round_0.model", "features"):
        hooks.after_dataset_saved(name)
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
    project.hooks.after_dataset_saved("round_0.labels")
    assert "data/labels/round_0.parquet" in json.loads((project.path / DIGESTS).read_text())


def test_what_is_missing_is_not_mentioned(project, caplog):
    (project.path / "data/labels/round_0.parquet").unlink()
    assert warnings(project, caplog) == []


def test_labels_that_are_made_anew_are_not_mentioned(project, caplog):
    """Kedro saves the outputs of a node only after its hook for a node that ran."""
    made_anew = LABELS.assign(label="happy")
    manager = _create_hook_manager()
    manager.register(project.hooks)
    again = Pipeline([node(lambda: made_anew, None, "round_0.labels")])
    SequentialRunner().run(again, project.catalog, manager)
    assert warnings(project, caplog) == []


def test_labels_that_come_back_from_the_cache_are_not_mentioned(project, caplog):
    place = project.path / "data/labels/round_0.parquet"
    project.catalog.get("round_0.labels").save(LABELS.assign(label="happy"))
    names = ("round_0.labels", "round_0.model", "features")
    record_restored({project.path / "data/models/round_0"}, names, project.catalog, project.path)
    assert warnings(project, caplog)
    record_restored({place}, names, project.catalog, project.path)
    assert warnings(project, caplog) == []
