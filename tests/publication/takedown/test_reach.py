"""Copies that are out of reach, with the commands for them."""

import subprocess

import pytest

from libra_emo.publication.takedown.needles import Needles
from libra_emo.publication.takedown.reach import list_copies

NEEDLES = Needles(ids=("own-00000001",), digests=("1" * 64,))


def git(folder, *arguments):
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def project(tmp_path):
    git(tmp_path, "init", "-q")
    (tmp_path / "data").mkdir()
    for name in ("data/split.csv", "films.csv"):
        (tmp_path / name).write_text(f"a,{'1' * 64}\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "Split")
    return tmp_path


def test_commits_and_files_of_git_are_listed(project):
    first, second = list_copies(project, NEEDLES)
    assert first.startswith("git history: 1 commits name it") and "git filter-repo" in first
    assert second == "files of the project that name it, edit them: films.csv"
    assert list_copies(project, Needles(ids=("other-00000002",))) == []


def test_remotes_servers_and_hubs_are_listed(tmp_path, monkeypatch):
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc/config").write_text("['remote \"store\"']\n    url = s3://bucket\n")
    (tmp_path / "data/09_release/1.0.0").mkdir(parents=True)
    (tmp_path / "data/09_release/1.0.0/release.json").write_text("{}")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000")
    text = "\n".join(list_copies(tmp_path, NEEDLES))
    assert "`dvc gc --workspace --cloud --remote store`" in text
    assert "`mlflow gc`" in text and "super_squash_history" in text and "takedowns.md" in text


def test_without_any_of_them_nothing_is_listed(tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert list_copies(tmp_path, NEEDLES) == []
