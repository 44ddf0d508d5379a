"""`kedro takedown`: what it lists, what it refuses, and with which status it ends."""

import re
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from support.film_project import FILM, OTHER, make_project, read_all

from libra_emo.cli.publishing.takedown import takedown


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("project"))


def run(project, *arguments):
    return CliRunner().invoke(takedown, arguments, obj=SimpleNamespace(project_path=project))


def test_without_yes_it_lists_and_changes_nothing(project):
    before = read_all(project)
    done = run(project, "--film", FILM)
    assert done.exit_code == 0, done.output
    assert "  data/01_raw/films/own.mkv\n" in done.output
    assert "  data/01_raw/annotations.sqlite, votes: 1 rows\n" in done.output
    assert "students removed, which name it (1):\n  data/06_models/round_1" in done.output
    assert "next release: 1.0.0" in done.output and "add --yes" in done.output
    assert "out of reach: a hub" in done.output
    assert read_all(project) == before


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        (["--film", "own-00000009"], 1, f"no film is known with the id .*near: {FILM}"),
        (["--annotator", "Bob"], 1, "no annotator has the name, pseudonym or link 'Bob'"),
        (["--annotator", "simulated_03"], 1, "simulated annotator, a program"),
        (["--sha256", "0" * 64, "--yes"], 1, "no film is known"),
        ([], 2, "name one of"),
        (["--film", FILM, "--author", "A. Author"], 2, "name one of"),
    ],
)
def test_what_it_refuses_changes_nothing(project, arguments, status, line):
    before = read_all(project)
    done = run(project, *arguments)
    assert done.exit_code == status
    assert re.search(line, done.output), done.output
    assert read_all(project) == before


def test_a_store_that_cannot_be_reached_stops_it_without_its_login(project):
    (project / "conf/local").mkdir(parents=True)
    file = project / "conf/local/credentials.yml"
    file.write_text("annotation_store:\n  url: postgresql+psycopg://ana:secret@127.0.0.1:1/votes\n")
    done = run(project, "--film", FILM)
    assert done.exit_code == 1 and "annotation_store in conf/local" in done.output
    assert "secret" not in done.output
    file.write_text("annotation_store:\n  url: sqlite:///data/01_raw/annotations.sqlite\n")
    assert run(project, "--film", FILM).exit_code == 0
    file.unlink()


def test_with_yes_it_prints_the_reply(project):
    done = run(project, "--film", OTHER, "--reason", "privacy", "--yes")
    assert done.exit_code == 0, done.output
    assert "# Reply" in done.output and "data/01_raw/.takedowns/reply-1.md" in done.output
    assert not list((project / "data").rglob(f"*{OTHER}*"))
