import json
from hashlib import md5

import pytest

from libra_emo.datasets.recorded import is_recorded

CONTENT = b'{"round": 1}\n'


def digest(content):
    return md5(content, usedforsecurity=False).hexdigest()


@pytest.fixture
def project(tmp_path):
    """A project whose lock file records a file, and a folder with a file."""
    listing = json.dumps([{"md5": digest(CONTENT), "relpath": "in/page.csv"}])
    (tmp_path / "dvc.lock").write_text(
        f"""schema: '2.0'
stages:
  train_round@1:
    cmd: kedro run
    outs:
    - path: data/rounds/round_1.json
      hash: md5
      md5: {digest(CONTENT)}
      size: 13
    - path: data/rounds/round_2.json
      hash: md5
      md5: {digest(b"2")}
      size: 1
    - path: data/failures
      hash: md5
      md5: {digest(b"folder")}.dir
      size: 13
      nfiles: 1
"""
    )
    folder = tmp_path / ".dvc/cache/files/md5" / digest(b"folder")[:2]
    folder.mkdir(parents=True)
    (folder / f"{digest(b'folder')[2:]}.dir").write_text(listing)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "content", "recorded"),
    [
        ("data/rounds/round_1.json", CONTENT, True),
        ("data/rounds/round_1.json", b"2", False),  # it is another file's
        ("data/rounds/round_2.json", CONTENT, False),
        ("data/rounds/round_3.json", CONTENT, False),
        ("data/failures/in/page.csv", CONTENT, True),
        ("data/failures/page.csv", CONTENT, False),
        ("data/failures/in/page.csv", b"2", False),
    ],
)
def test_a_file_is_recorded_with_its_content_and_at_its_place(project, name, content, recorded):
    assert is_recorded(project / name, content) == recorded


def test_without_a_readable_lock_file_nothing_is_recorded(project):
    place = project / "data/rounds/round_1.json"
    (project / "dvc.lock").write_bytes(b"\xff" * 40)
    assert not is_recorded(place, CONTENT)
    (project / "dvc.lock").unlink()
    assert not is_recorded(place, CONTENT)
