from concurrent.futures import ThreadPoolExecutor

import pytest

from libra_emo.media.films import fingerprint

MAIN = """
from thing.cuts import find
from thing import faces

def keep(scene):
    return find(scene) * faces.SIZE
"""
CUTS = "LIMIT = 3\n\ndef find(scene):\n    return scene > LIMIT\n"


@pytest.fixture
def thing(tmp_path, monkeypatch):
    """A package of three modules; `main` uses the other two."""
    folder = tmp_path / "thing"
    folder.mkdir()
    files = {"__init__": "", "main": MAIN, "cuts": CUTS, "faces": "SIZE = 1\n"}
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


def digest(excluded=()):
    fingerprint._fingerprint.cache_clear()
    return fingerprint.fingerprint_code("thing.main", excluded)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("main", "find(scene) *", "find(scene) +"),
        ("cuts", "LIMIT = 3", "LIMIT = 4"),
        ("faces", "SIZE = 1", "SIZE = 2"),
    ],
)
def test_changed_code_changes_the_digest_wherever_it_stands(thing, name, old, new):
    before = digest()
    path = thing / f"{name}.py"
    path.write_text(path.read_text().replace(old, new))
    assert digest() != before


def test_comments_docstrings_and_layout_change_nothing(thing):
    before = digest()
    words = '"""Words."""' + MAIN.replace("(scene):", "( scene ):  # or not\n    'Keep it.'")
    (thing / "main.py").write_text(words)
    assert digest() == before


def test_what_is_beside_the_point_changes_nothing(thing):
    before = digest(("thing.faces",))
    (thing / "faces.py").write_text("SIZE = 2\n")
    assert digest(("thing.faces",)) == before


def test_another_version_of_a_deciding_package_changes_the_digest(thing, monkeypatch):
    before = digest()
    monkeypatch.setattr(
        fingerprint, "_version", lambda name: "99" if name == "scenedetect" else "1"
    )
    assert digest() != before


def test_threads_may_ask_at_once(thing):
    expected = digest()
    fingerprint._fingerprint.cache_clear()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(fingerprint.fingerprint_code, ["thing.main"] * 32))
    assert set(found) == {expected}
