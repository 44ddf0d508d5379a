"""`kedro contains`: what it says, and with which status it ends."""

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from support.small_release import make_world

from libra_emo.cli.publishing.contains import contains


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    project = tmp_path_factory.mktemp("project")
    make_world().build(project / "data/09_release/0.1.0")
    return project


def run(project, *arguments):
    return CliRunner().invoke(contains, arguments, obj=SimpleNamespace(project_path=project))


def test_films_in_the_latest_release(project):
    done = run(project, "https://youtu.be/AAAAAAAAAA1")
    assert done.exit_code == 0
    assert done.output == (
        "in release 0.1.0: own-00000001, 6 clips of train, with video and sound\n"
    )
    alone = run(project, "https://vimeo.com/1234567").output
    assert "as time codes alone (CC-BY-ND-4.0 permits no excerpts)" in alone


def test_a_film_that_is_not_there_ends_with_status_1(project):
    done = run(project, "https://youtu.be/BBBBBBBBBBB")
    assert (done.exit_code, done.output) == (1, "not in release 0.1.0, which has 4 films\n")
    listed = run(project, "https://youtu.be/BBBBBBBBBBB", "--json")
    assert (listed.exit_code, json.loads(listed.output)) == (1, {"version": "0.1.0", "films": []})


def test_what_cannot_be_said_ends_with_status_2(project, tmp_path):
    assert run(project, "nothing").exit_code == 2
    missing = run(tmp_path, "https://youtu.be/BBBBBBBBBBB")
    assert missing.exit_code == 2 and "kedro run --pipeline publication" in missing.output


def test_a_release_elsewhere(project, tmp_path):
    place = project / "data/09_release/0.1.0/release.json"
    done = run(tmp_path, "4" * 64, "--release", str(place), "--json")
    assert json.loads(done.output)["films"][0]["film_id"] == "asked-00000004"
