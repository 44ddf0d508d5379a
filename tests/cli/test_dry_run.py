"""Which stages are stale, and why: a small project whose stages were recorded once."""

import pytest
import yaml
from support.tiny_project import add_dvc, make_project

from libra_emo.cli.dry_run import NoRepository, list_stale
from libra_emo.configuration.snapshot import SNAPSHOT_FILE, write_snapshot
from libra_emo.configuration.stages import digest_parts, remember_parts
from libra_emo.hooks.repository import record

STAGES = {
    "voting": {"libra_emo.voting.majority": "1", "conf/base/prices.yml": "1", "nodes": "1"},
    "label_round_1": {"libra_emo.annotation.consensus": "1", "catalog.taxonomy": "1"},
    "tell": {"libra_emo.schemas": "1"},
}
OUTPUTS = {
    "voting": "data/04_feature/machine_votes.parquet",
    "label_round@1": "data/05_model_input/labels/round_1.parquet",
    "tell": "data/08_reporting/history.csv",
}


def snapshot(stages=STAGES, **changed):
    return {
        "seed": 1,
        "voting": {"min_votes": 2, "voters": [{"name": "a"}, {"name": "b"}]},
        "annotators": "people",
        "active_learning": {},
        "votes": {"round_1": ""},
        "code": digest_parts(stages),
        **changed,
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project all of whose stages are up to date."""
    folder = tmp_path_factory.mktemp("project")
    add_dvc(make_project(folder))
    paths = {folder / name for name in OUTPUTS.values()}
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.name)
    write_snapshot(snapshot(), folder)
    remember_parts(STAGES, folder)
    assert len(record(paths, paths, folder)) == 3
    return folder


def stale(project, content=None, stages=STAGES, names=()):
    return dict(list_stale(names, content or snapshot(stages), stages, project))


def with_parts(name, **changed):
    return {**STAGES, name: {**STAGES[name], **changed}}


def test_nothing_is_stale_after_a_run(project):
    assert stale(project) == {}


def test_the_parameter_that_changed_is_named_and_what_comes_after_it_follows(project):
    other = {"min_votes": 3, "voters": [{"name": "a"}, {"name": "c"}]}
    assert list(stale(project, snapshot(voting=other)).items()) == [
        ("voting", "parameter voting.min_votes, voting.voters.1.name changed"),
        ("label_round@1", "after voting"),
        ("tell", "after label_round@1"),
    ]


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"libra_emo.voting.majority": "2"}, "code changed (libra_emo.voting.majority)"),
        (
            {f"libra_emo.{name}": "2" for name in "abcde"},
            "code changed (libra_emo.a, libra_emo.b, libra_emo.c and 2 more)",
        ),
        ({"conf/base/prices.yml": "2"}, "conf/base/prices.yml changed"),
        ({"nodes": "2"}, "code changed (how its nodes are connected)"),
        ({"catalog.pool": "2", "x/y.yml": "1"}, "catalog entry pool changed; x/y.yml changed"),
    ],
)
def test_what_changed_of_the_code_is_named(project, parts, reason):
    found = stale(project, stages=with_parts("voting", **parts))
    assert found["voting"] == reason and "tell" in found


def test_code_that_nobody_remembers_is_just_code(project):
    memory = project / "data/02_intermediate/.stages.json"
    content = memory.read_text()
    memory.unlink()
    try:
        found = stale(project, stages=with_parts("tell", more="1"))
        assert found == {"tell": "code changed"}
    finally:
        memory.write_text(content)


def test_votes_that_came_in_are_named(project):
    found = stale(project, snapshot(votes={"round_1": "abc"}))
    assert found["label_round@1"] == "votes of round_1 changed" and "voting" not in found


def test_a_file_that_is_missing_or_was_changed_is_named(project):
    votes, history = project / OUTPUTS["voting"], project / OUTPUTS["tell"]
    content = votes.read_text()
    votes.unlink()
    history.write_text("edited")
    try:
        assert stale(project) == {
            "voting": f"missing {OUTPUTS['voting']}",
            "label_round@1": "after voting",
            "tell": f"{OUTPUTS['tell']} changed; after label_round@1",
        }
    finally:
        votes.write_text(content)
        history.write_text(history.name)


def test_only_the_stages_that_are_asked_for_and_what_they_rest_on(project):
    content = snapshot(seed=2)
    assert set(stale(project, content, names=["label_round"])) == {"voting", "label_round@1"}
    assert set(stale(project, content, names=["voting"])) == {"voting"}
    with pytest.raises(NoRepository, match="no stage vote; it has label_round@1, tell, voting"):
        stale(project, content, names=["vote"])


def test_nothing_is_written(project):
    def files():
        return {
            path: path.stat().st_mtime_ns
            for path in project.rglob("*")
            if path.is_file() and ".dvc" not in path.parts and ".git" not in path.parts
        }

    before = files()
    stale(project, snapshot(seed=5))
    assert files() == before
    assert yaml.safe_load((project / SNAPSHOT_FILE).read_text())["seed"] == 1


def test_stages_that_never_ran(tmp_path):
    add_dvc(make_project(tmp_path))
    assert stale(tmp_path) == dict.fromkeys(OUTPUTS, "never run")


def test_without_a_repository_it_says_what_to_do(tmp_path):
    with pytest.raises(NoRepository, match="dvc init"):
        stale(tmp_path)
