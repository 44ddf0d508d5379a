import os
import time

import pytest
import yaml
from kedro.io import DataCatalog

from libra_emo.common.integrity.stamps import SETTLED_NS
from libra_emo.configuration.films import digest_films
from libra_emo.configuration.loader import ConfigurationError, LayeredConfigLoader
from libra_emo.configuration.memory.films import DigestMemory
from libra_emo.configuration.snapshot import (
    SNAPSHOT_FILE,
    check_snapshot,
    take_snapshot,
    write_snapshot,
)
from libra_emo.datasets import TableDataset

PARAMETERS = {
    "films": "films",
    "executor": "local:2",
    "seed": 7,
    "annotators": "simulated",
    "max_rounds": 2,
    "voting": {"voters": ({"name": "t"},)},
}


@pytest.fixture
def project(tmp_path):
    (tmp_path / "films" / "season").mkdir(parents=True)
    (tmp_path / "films" / "season" / "a.mp4").write_text("a")
    (tmp_path / "films" / "b.mp4").write_text("b")
    return tmp_path


@pytest.fixture
def later(monkeypatch):
    """Let so much time pass that files count as settled."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 2 * SETTLED_NS)


def digest(project, films="films"):
    return digest_films(films, project, DigestMemory(project / "memory.json"))


def test_the_snapshot_holds_parameters_and_digests_and_no_place(project):
    catalog = DataCatalog({"sample_truth": TableDataset(filepath=str(project / "truth.parquet"))})
    content = take_snapshot(PARAMETERS, catalog, project, {"voting": "1"})
    assert set(content) == {
        *("seed", "annotators", "max_rounds", "voting"),
        *("films_digest", "truth_digest", "votes", "rounds", "code"),
    }
    assert content["truth_digest"] == "" and content["code"] == {"voting": "1"}
    assert content["votes"] == dict.fromkeys(
        ["bench", "validation", "voting", "round_0", "round_1", "round_2"], ""
    )
    assert str(project) not in str(content)


def test_writing_the_same_twice_touches_nothing(project):
    content = take_snapshot(PARAMETERS, DataCatalog({}), project, {"voting": "1"})
    write_snapshot(content, project)
    os.utime(project / SNAPSHOT_FILE, (1, 1))
    write_snapshot(content, project)
    assert (project / SNAPSHOT_FILE).stat().st_mtime == 1
    assert yaml.safe_load((project / SNAPSHOT_FILE).read_text())["voting"] == {
        "voters": [{"name": "t"}]
    }


def test_a_stage_runs_only_with_the_configuration_that_dvc_saw(project):
    write_snapshot(take_snapshot(PARAMETERS, DataCatalog({}), project, {"voting": "1"}), project)

    def check(code="1", **changed):
        check_snapshot({**PARAMETERS, **changed}, project, "voting", {"voting": code, "bench": "9"})

    check(executor="local", films="elsewhere")
    with pytest.raises(ConfigurationError, match="seed: differs from what this run runs with"):
        check(seed=8)
    with pytest.raises(ConfigurationError, match="bench: differs"):
        check(bench={})
    with pytest.raises(ConfigurationError, match=r"code.voting: differs"):
        check(code="2")


def test_the_digest_of_films_is_of_names_and_content_alone(project, tmp_path_factory):
    first = digest(project)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (project / "films").rename(elsewhere / "moved")
    os.utime(elsewhere / "moved" / "b.mp4", (1, 1))
    assert digest(project, str(elsewhere / "moved")) == first
    (elsewhere / "moved" / "b.mp4").write_text("c")
    assert digest(project, str(elsewhere / "moved")) != first


def test_a_new_film_a_renamed_one_and_a_subtitle_change_the_digest(project):
    seen = {digest(project)}
    (project / "films" / "b.srt").write_text("hello")
    seen.add(digest(project))
    (project / "films" / "b.mp4").rename(project / "films" / "c.mp4")
    seen.add(digest(project))
    (project / "films" / "d.mp4").write_text("d")
    seen.add(digest(project))
    assert len(seen) == 4


def test_no_film_has_an_empty_digest_and_hidden_files_are_none(project):
    (project / "none").mkdir()
    (project / "none" / ".part").touch()
    assert digest(project, "none") == digest(project, "missing") == ""


def test_unchanged_films_are_not_read_again(project, later, monkeypatch):
    first = digest(project)
    monkeypatch.setattr("libra_emo.configuration.memory.films.digest_file", None)
    assert digest(project) == first


def test_a_memory_that_is_only_read_stays_as_it_is(project, later):
    memory = project / "memory.json"
    assert digest_films("films", project, DigestMemory(memory, keep=False)) == digest(project)
    before = memory.read_bytes()
    (project / "films" / "d.mp4").write_text("d")
    digest_films("films", project, DigestMemory(memory, keep=False))
    assert memory.read_bytes() == before


def test_a_manifest_counts_with_the_films_that_it_names(project):
    (project / "list.csv").write_text("path\nfilms/b.mp4\n")
    first = digest(project, "list.csv")
    (project / "films" / "season" / "a.mp4").write_text("other")
    assert digest(project, "list.csv") == first
    (project / "films" / "b.mp4").write_text("other")
    assert digest(project, "list.csv") != first


def test_a_remote_folder_is_digested_by_what_it_lists(project):
    url = f"file://{project}/films"
    first = digest(project, url)
    (project / "films" / "d.mp4").write_text("d")
    assert digest(project, url) not in ("", first)


class LoaderOf(LayeredConfigLoader):
    """A loader whose parameters come from one place."""

    def __init__(self, place):
        self._place = place
        self.conf_source = "/project/conf"

    def place_of(self, key, kind="parameters"):
        return self._place


def record_films(project):
    stage = {"cmd": "x", "params": {"configuration.yml": {"films_digest": "recorded"}}}
    (project / "dvc.lock").write_text(yaml.safe_dump({"stages": {"preprocessing": stage}}))


@pytest.mark.parametrize(
    ("place", "digest"),
    [
        ("conf/base/parameters.yml", "recorded"),  # a clone without the films
        ("conf/local/parameters.yml", ""),  # a mistyped folder is not passed over
        ("--params", ""),
    ],
)
def test_films_that_are_not_here_count_as_recorded_unless_they_are_named_here(
    tmp_path, place, digest
):
    record_films(tmp_path)
    parameters = PARAMETERS | {"films": "/mnt/films"}
    loader = LoaderOf(place)
    content = take_snapshot(parameters, DataCatalog({}), tmp_path, {}, loader=loader)
    assert content["films_digest"] == digest


def test_films_that_are_here_count_with_their_content(project):
    record_films(project)
    content = take_snapshot(PARAMETERS, DataCatalog({}), project, {})
    assert content["films_digest"] == digest(project)


def test_the_default_folder_may_be_missing(tmp_path):
    record_films(tmp_path)
    parameters = PARAMETERS | {"films": "data/01_raw/films"}
    content = take_snapshot(parameters, DataCatalog({}), tmp_path, {})
    assert content["films_digest"] == "recorded"
    (tmp_path / "dvc.lock").unlink()
    content = take_snapshot(parameters, DataCatalog({}), tmp_path, {})
    assert content["films_digest"] == ""
