import pytest
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline, node
from support.tiny_project import add_dvc, dvc, make_project

from libra_emo.datasets import CsvTableDataset, FolderDataset
from libra_emo.hooks.recording import RecordingHooks, made_by
from libra_emo.hooks.repository import record, stale_outputs


def test_a_node_makes_its_outputs_and_fills_the_folders_that_it_is_given(tmp_path):
    catalog = DataCatalog(
        {
            "films": CsvTableDataset(filepath=str(tmp_path / "films.csv")),
            "clips_folder": FolderDataset(filepath=str(tmp_path / "clips")),
            "table": CsvTableDataset(filepath=str(tmp_path / "table.csv")),
        }
    )
    cut = node(lambda *_: 1, ["films", "clips_folder", "params:x"], ["table", "memory"], name="cut")
    assert made_by([cut], catalog) == {tmp_path / "clips", tmp_path / "table.csv"}


def test_without_a_repository_nothing_is_recorded_and_nothing_fails(tmp_path):
    assert record({tmp_path / "a"}, {tmp_path / "a"}, tmp_path) == []


def write_outputs(folder):
    votes = folder / "data/04_feature/machine_votes.parquet"
    labels = folder / "data/05_model_input/labels/round_1.parquet"
    history = folder / "data/08_reporting/history.csv"
    labels.parent.mkdir()
    for path in (votes, labels, history):
        path.write_text(path.name)
    (folder / "data/02_intermediate/configuration.yml").write_text(
        "seed: 1\nvoting: {}\nannotators: people\nactive_learning: {}\nvotes: {round_1: ''}\n"
        "code: {voting: a, label_round_1: b, tell: c}\n"
    )
    return votes, labels, history


def test_a_stage_is_recorded_when_all_its_outputs_are_done_and_some_are_new(tmp_path):
    add_dvc(make_project(tmp_path))
    votes, labels, history = write_outputs(tmp_path)
    assert record({labels}, {labels}, tmp_path) == ["label_round@1"]
    assert record({history}, {votes, history}, tmp_path) == ["tell"]
    assert dvc(tmp_path, "status", "label_round@1", "tell").stdout.count("changed") == 0
    assert "voting" in dvc(tmp_path, "status").stdout
    assert record({votes}, {votes, labels, history}, tmp_path) == ["voting"]
    assert "up to date" in dvc(tmp_path, "status").stdout
    assert stale_outputs(tmp_path, set()) == set()
    votes.write_text("other")
    assert stale_outputs(tmp_path, set()) == {votes, labels, history}
    # a run that made labels took the votes as they were; what rests on the labels is old
    assert stale_outputs(tmp_path, {labels}) == set()
    labels.write_text("other")
    assert stale_outputs(tmp_path, {labels}) == {history}


def test_an_output_that_is_not_there_is_not_recorded(tmp_path):
    add_dvc(make_project(tmp_path))
    votes, labels, _ = write_outputs(tmp_path)
    votes.unlink()
    assert record({votes, labels}, {votes, labels}, tmp_path) == []


def test_trouble_with_records_does_not_hide_why_a_run_ended(tmp_path, caplog):
    hooks = RecordingHooks()
    hooks.after_dataset_saved("a", node(lambda: 1, None, "a", name="make"))
    # without parameters no configuration can be written
    hooks.on_pipeline_error(ValueError("x"), DataCatalog({}))
    assert "nothing was recorded in DVC" in caplog.text


def test_a_dry_run_is_no_failure_and_records_nothing(tmp_path):
    from libra_emo.hooks import recording
    from libra_emo.students import DryRun, StudentError

    assert recording.is_failure(StudentError("x")) and recording.is_failure(ValueError("x"))
    assert not recording.is_failure(DryRun("x"))
    hooks = RecordingHooks()
    hooks.project = tmp_path
    hooks.ran = [node(lambda: 1, None, "table", name="cut")]
    catalog = DataCatalog({"table": CsvTableDataset(filepath=str(tmp_path / "table.csv"))})
    hooks.on_pipeline_error(DryRun("x"), catalog)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("only_missing", "recorded"), [(True, []), (False, ["read"])])
def test_a_run_that_skipped_every_node_records_nothing(monkeypatch, only_missing, recorded):
    hooks, found = RecordingHooks(), []
    monkeypatch.setattr(hooks, "_record", lambda ran, *_: found.extend(each.name for each in ran))
    pipeline = Pipeline([node(lambda table: table, "table", "copy", name="read")])
    hooks.after_pipeline_run({"only_missing_outputs": only_missing}, pipeline, DataCatalog())
    assert found == recorded
