"""The walk over stages in a small project, with functions that write what nodes would write."""

import pytest
import yaml
from support.tiny_project import add_dvc, call, dvc, make_project

from libra_emo.cli.reproduction.graph import name_of, open_project, order_stages
from libra_emo.cli.reproduction.walk import InputsElsewhere, Waiting, Walk
from libra_emo.configuration.snapshot import write_snapshot
from libra_emo.errors import LibraEmoError

pytestmark = pytest.mark.slow  # DVC is started several times for each test

VOTES = "data/04_feature/machine_votes.parquet"
LABELS = "data/05_model_input/labels/round_1.parquet"
HISTORY = "data/08_reporting/history.csv"
MADE = {"voting": VOTES, "label_round@1": LABELS, "tell": HISTORY}
SNAPSHOT = {
    "seed": 1,
    "voting": {},
    "annotators": "people",
    "active_learning": {},
    "votes": {"round_1": ""},
    "code": {"voting": "a", "label_round_1": "b", "tell": "c"},
}


class PeopleNeeded(LibraEmoError):
    exit_code = 3


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    add_dvc(make_project(folder))
    write_snapshot(SNAPSHOT, folder)
    return folder


def walk(folder, stop=None, names=()):
    """Walk over all stages; return those that ran."""
    ran = []
    with pytest.MonkeyPatch.context() as patch, open_project(folder) as repository:
        patch.chdir(folder)

        def run(stage):
            if stop and name_of(stage) == stop[0]:
                raise stop[1]
            ran.append(name_of(stage))
            path = folder / MADE[name_of(stage)]
            path.parent.mkdir(parents=True, exist_ok=True)
            seed = yaml.safe_load((folder / "data/02_intermediate/configuration.yml").read_text())[
                "seed"
            ]
            path.write_text(f"{name_of(stage)} {seed}")

        found = Walk(repository, order_stages(repository, names), run)
        planned = [name_of(stage) for stage in found.plan()]
        found.go()
    assert set(ran) <= set(planned)
    return ran


def test_each_stage_runs_once_and_is_recorded(project):
    assert walk(project) == ["voting", "label_round@1", "tell"]
    assert walk(project) == []
    assert "up to date" in dvc(project, "status").stdout
    write_snapshot({**SNAPSHOT, "active_learning": {"patience": 2}}, project)
    # its labels are the same, so the history is current
    assert walk(project) == ["label_round@1"]


def test_only_what_is_asked_for_runs_with_what_it_depends_on(project):
    assert walk(project, names=["label_round"]) == ["voting", "label_round@1"]


def test_a_stop_for_people_stops_what_depends_on_it_and_records_the_rest(project, capsys):
    text = (project / "dvc.yaml").read_text().replace(f"deps: [{LABELS}]", f"deps: [{VOTES}]")
    (project / "dvc.yaml").write_text(text)
    with pytest.raises(Waiting, match="4 clips wait") as caught:
        walk(project, ("label_round@1", PeopleNeeded("4 clips wait")))
    assert caught.value.exit_code == 3
    lock = (project / "dvc.lock").read_text()
    assert "tell:" in lock and "voting:" in lock and "label_round" not in lock


@pytest.mark.parametrize("error", [ZeroDivisionError("bug"), KeyboardInterrupt()])
def test_a_failure_ends_the_walk_and_what_was_done_is_recorded(project, error):
    walk(project)
    write_snapshot({**SNAPSHOT, "seed": 2, "active_learning": {"patience": 2}}, project)
    with pytest.raises(type(error)):
        walk(project, ("label_round@1", error))
    # nothing is deleted
    assert (project / LABELS).read_text() == "label_round@1 1"
    assert (project / VOTES).read_text() == "voting 2"
    assert walk(project) == ["label_round@1", "tell"]


def test_what_was_deleted_comes_back_from_the_cache(project, capsys):
    walk(project)
    (project / VOTES).unlink()
    (project / LABELS).unlink()
    assert walk(project) == []
    assert (project / VOTES).read_text() == "voting 1" and (project / LABELS).is_file()


def test_results_of_an_earlier_configuration_come_back(project, capsys):
    walk(project)
    write_snapshot({**SNAPSHOT, "seed": 2}, project)
    assert walk(project) == ["voting", "label_round@1", "tell"]
    write_snapshot(SNAPSHOT, project)
    ran = walk(project)
    assert "voting" not in ran and "label_round@1" not in ran
    assert (project / VOTES).read_text() == "voting 1"
    assert "ran with the same inputs before: restored" in capsys.readouterr().out


def test_what_was_changed_by_hand_is_made_again(project):
    walk(project)
    (project / LABELS).unlink()  # it may be a link into the cache
    (project / LABELS).write_text("by hand")
    assert walk(project) == ["label_round@1"]
    assert (project / LABELS).read_text() == "label_round@1 1"


@pytest.fixture
def clone(project, tmp_path):
    """A clone of a project whose results were pushed, with nothing pulled."""
    walk(project)
    dvc(project, "remote", "add", "-d", "store", str(tmp_path / "store"))
    dvc(project, "push")
    call(project, "git", "add", "-A")
    call(project, "git", "add", "-f", "data/02_intermediate/configuration.yml")
    call(project, "git", "commit", "-qm", "Run")
    call(tmp_path, "git", "clone", "-q", "project", "clone")
    return tmp_path / "clone"


def test_a_clone_runs_nothing_that_others_have_pushed(clone, capsys):
    assert walk(clone) == []
    out = capsys.readouterr().out
    assert f"voting: {VOTES} not here, and not needed; `dvc pull voting` fetches" in out
    dvc(clone, "pull")
    assert walk(clone) == []
    assert "up to date" in dvc(clone, "status").stdout


def test_a_clone_says_what_to_pull_for_a_stage_that_must_run(clone):
    write_snapshot({**SNAPSHOT, "active_learning": {"patience": 2}}, clone)
    with pytest.raises(InputsElsewhere, match=r"label_round@1 needs .*run `dvc pull voting` first"):
        walk(clone)
    dvc(clone, "pull", "voting")
    assert walk(clone) == ["label_round@1"]


def test_without_a_remote_what_is_lost_is_made_again(clone):
    dvc(clone, "remote", "remove", "store")
    assert walk(clone)[:2] == ["voting", "label_round@1"]
