import shutil
import sqlite3
from contextlib import closing

import pytest

from libra_emo.tracking.connection.relocation import relocate_artifacts

ARTIFACTS = "data/mlflow/artifacts"


@pytest.fixture
def project(tmp_path):
    """A project with MLflow's tables as far as they hold places."""
    return make_project(tmp_path / "the first")


def make_project(folder, place=None):
    (folder / "data/mlflow").mkdir(parents=True)
    place = place or (folder / ARTIFACTS).as_uri()
    with closing(sqlite3.connect(folder / "data/mlflow/mlflow.db")) as connection, connection:
        connection.execute("CREATE TABLE experiments (name TEXT, artifact_location TEXT)")
        connection.execute("CREATE TABLE runs (run_uuid TEXT, artifact_uri TEXT)")
        connection.execute("INSERT INTO experiments VALUES ('libra_emo', ?)", (place,))
        connection.execute("INSERT INTO experiments VALUES ('other', 's3://bucket/other')")
        connection.execute("INSERT INTO runs VALUES ('a', ?)", (f"{place}/a/artifacts",))
        connection.execute("INSERT INTO runs VALUES ('b', 's3://bucket/b')")
        connection.execute("INSERT INTO runs VALUES ('c', ?)", (f"{place}-of-others/c",))
    return folder


def places(project):
    with closing(sqlite3.connect(project / "data/mlflow/mlflow.db")) as connection:
        rows = connection.execute("SELECT artifact_location FROM experiments").fetchall()
        runs = connection.execute("SELECT artifact_uri FROM runs ORDER BY run_uuid").fetchall()
    return [row[0] for row in [*rows, *runs]]


def relocate(project):
    return relocate_artifacts(project / "data/mlflow/mlflow.db", "libra_emo", ARTIFACTS, project)


def test_a_copied_project_writes_into_itself_and_the_original_stays(project, tmp_path):
    before = places(project)
    copy = tmp_path / "der zweite ä"
    shutil.copytree(project, copy)
    assert relocate(copy)
    new = (copy / ARTIFACTS).as_uri()
    others = f"{(project / ARTIFACTS).as_uri()}-of-others/c"
    assert places(copy) == [new, "s3://bucket/other", f"{new}/a/artifacts", "s3://bucket/b", others]
    assert places(project) == before
    assert not relocate(copy)


def test_a_project_that_stayed_is_not_changed(project):
    before = places(project)
    assert not relocate(project)
    assert places(project) == before


@pytest.mark.parametrize("place", ["s3://bucket/artifacts", "file:///shared/runs", "/shared/runs"])
def test_a_place_that_was_chosen_is_kept(tmp_path, place):
    project = make_project(tmp_path / "project", place)
    assert not relocate(project)
    assert places(project)[0] == place


def test_nothing_is_made_where_there_is_no_database(tmp_path):
    assert not relocate(tmp_path)
    assert list(tmp_path.iterdir()) == []
