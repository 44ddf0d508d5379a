"""Which nodes are followed, where, and that trouble with it stops no run."""

from types import SimpleNamespace

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import node
from support.small_world import make_world

from libra_emo.datasets import TableDataset, WorkFolderDataset
from libra_emo.hooks import FollowingHooks
from libra_emo.tracking import following, live

TRAINS = node(lambda folder: None, "training_folder", "round_1.model", name="train_student")
LAST = node(
    lambda folder: None, "training_folder", "model", name="train_model", namespace="training"
)
OTHER = node(lambda labels: None, "labels", "table", name="other")


class Followed:
    def __init__(self, work, opened):
        self.work, self.opened, self.started, self.ended = work, opened, False, None

    def start(self):
        self.started = True

    def stop(self, failed):
        self.ended = failed


@pytest.fixture
def followed(monkeypatch):
    found = []

    def follow(work, opened):
        found.append(Followed(work, opened))
        return found[-1]

    monkeypatch.setattr(following, "Follower", follow)
    return found


def begin(tmp_path, student="multimodal"):
    world = make_world()
    tables = {"pool": world.pool, "bench_sample": world.pool}
    datasets = {
        name: TableDataset(filepath=str(tmp_path / f"{name}.parquet"), schema="Candidates")
        for name in tables
    }
    for name, table in tables.items():
        datasets[name].save(table)
    work = WorkFolderDataset(filepath=str(tmp_path / "work"))
    catalog = DataCatalog({**datasets, "training_folder": work, "labels": MemoryDataset()})
    hooks = FollowingHooks()
    loader = {"parameters": {"student": student, "seed": 7}, "mlflow": {"experiment": "x"}}
    hooks.after_context_created(SimpleNamespace(config_loader=loader, project_path=tmp_path))
    return hooks, catalog


def test_a_node_that_fine_tunes_is_followed_to_its_end(tmp_path, followed):
    hooks, catalog = begin(tmp_path)
    hooks.before_node_run(TRAINS, catalog)
    (one,) = followed
    assert one.started and one.work == tmp_path / "work"
    assert one.opened.func is live.open_training and one.opened.args[-1] == "round_1"
    hooks.after_node_run()
    hooks.on_node_error()  # of a later node
    assert one.ended is False


def test_the_last_training_is_called_final(tmp_path, followed):
    hooks, catalog = begin(tmp_path)
    hooks.before_node_run(LAST, catalog)
    assert followed[0].opened.args[-1] == "final"


def test_other_nodes_and_students_are_not(tmp_path, followed):
    hooks, catalog = begin(tmp_path)
    hooks.before_node_run(OTHER, catalog)
    hooks, catalog = begin(tmp_path, "classical")
    hooks.before_node_run(TRAINS, catalog)
    assert followed == []


def test_trouble_costs_a_line_in_the_log(tmp_path, monkeypatch, caplog):
    def refuse(work, opened):
        raise OSError("no threads left")

    monkeypatch.setattr(following, "Follower", refuse)
    hooks, catalog = begin(tmp_path)
    hooks.before_node_run(TRAINS, catalog)
    assert "no threads left" in caplog.text
    hooks.on_node_error()
