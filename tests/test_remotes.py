"""DVC remotes as the docs set them up: what was swapped there is refused."""

import re
import shutil
from pathlib import Path

import pytest
from support.tiny_project import call, dvc

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_remote_of_the_docs_is_verified(page):
    lines = page.read_text(encoding="utf-8").splitlines()
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if made := re.search(r"dvc remote add (?:-\S+ )*(\S+)", line):
            assert f"dvc remote modify {made[1]} verify true" in after


@pytest.mark.slow
def test_labels_that_were_swapped_in_a_remote_are_not_taken(tmp_path):
    project, remote = tmp_path / "project", tmp_path / "remote"
    project.mkdir()
    labels = project / "labels.csv"
    labels.write_text("a,sad\n")
    call(project, "dvc", "init", "-q", "--no-scm")
    dvc(project, "add", "labels.csv")
    dvc(project, "remote", "add", "-d", "shared", str(remote))
    dvc(project, "remote", "modify", "shared", "verify", "true")
    dvc(project, "push")
    (stored,) = [path for path in remote.rglob("*") if path.is_file()]
    stored.chmod(0o644)
    stored.write_text("a,happy\n")
    stored.chmod(0o444)  # as DVC leaves it, so that it would be trusted
    labels.unlink()
    for folder in ("cache", "tmp"):
        shutil.rmtree(project / ".dvc" / folder)
    done = dvc(project, "pull", check=False)
    assert done.returncode != 0
    assert not labels.exists()
