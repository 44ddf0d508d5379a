"""The journal: steps that may be done again, and what is left when one is killed."""

import pytest

from libra_emo.common.takedowns.journal import (
    STAGING,
    Step,
    clear_staging,
    finish_takedown,
    write_journal,
)
from libra_emo.configuration.project_lock import lock_project


@pytest.fixture
def project(tmp_path):
    staged = tmp_path / STAGING
    (staged / "1").mkdir(parents=True)
    (staged / "0").write_text("new")
    (staged / "1/table").write_text("new folder")
    (tmp_path / "data/old").write_text("old")
    (tmp_path / "data/old-wal").write_text("")
    (tmp_path / "data/gone/deep").mkdir(parents=True)
    return tmp_path


STEPS = [Step("data/old", "0"), Step("data/next/version", "1"), Step("data/gone"), Step("data/no")]


def look(project):
    data = project / "data"
    return {path.relative_to(data).as_posix() for path in data.rglob("*")}


@pytest.mark.parametrize("at", range(len(STEPS)))
def test_a_kill_at_any_step_is_mended(project, at):
    def kill(number):
        if number == at:
            raise KeyboardInterrupt

    write_journal(project, STEPS)
    with pytest.raises(KeyboardInterrupt):
        finish_takedown(project, kill)
    assert finish_takedown(project) and not finish_takedown(project)
    assert look(project) == {"old", "next", "next/version", "next/version/table"}
    assert (project / "data/old").read_text() == "new"


def test_without_a_journal_nothing_is_changed(project):
    before = look(project)
    assert not finish_takedown(project)
    assert look(project) == before
    clear_staging(project)
    assert (project / "data/old").read_text() == "old" and not (project / STAGING).exists()


def test_the_next_command_that_holds_the_project_ends_it(project):
    write_journal(project, STEPS)
    with lock_project(project, "kedro run"):
        assert (project / "data/old").read_text() == "new"
        assert not (project / STAGING).exists()
