import sys

import pytest

from libra_emo.media.films import fingerprint as rules

MAIN = """
from thing.cuts import find
from thing import faces

def keep(scene):
    return find(scene)
"""


@pytest.fixture
def thing(tmp_path, monkeypatch):
    """A package of three modules; `main` imports the other two."""
    folder = tmp_path / "thing"
    folder.mkdir()
    files = {"__init__": "", "main": MAIN, "cuts": "LIMIT = 3\n", "faces": "SIZE = 1\n"}
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(rules, "PACKAGE", "thing")
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "thing"]:
        del sys.modules[name]


def digest(besides=()):
    rules.digest_rules.cache_clear()
    return rules.digest_rules("thing.main", besides)


@pytest.mark.parametrize("name", ["main", "cuts", "faces"])
def test_changed_code_changes_the_digest_wherever_it_stands(thing, name):
    before = digest()
    path = thing / f"{name}.py"
    path.write_text(path.read_text().replace("LIMIT = 3", "LIMIT = 4") + "\nMORE = 2\n")
    assert digest() != before


def test_comments_docstrings_and_layout_change_nothing(thing):
    before = digest()
    text = (thing / "main.py").read_text()
    words = '    "Keep it."\n    return find( scene )  # as told'
    (thing / "main.py").write_text('"""Words."""\n' + text.replace("    return find(scene)", words))
    assert digest() == before


def test_what_is_beside_the_point_changes_nothing(thing):
    before = digest(("thing.faces",))
    (thing / "faces.py").write_text("SIZE = 2\n")
    assert digest(("thing.faces",)) == before


def test_another_version_of_a_deciding_package_changes_the_digest(thing, monkeypatch):
    before = digest()
    monkeypatch.setattr(rules, "_version", lambda name: "99" if name == "scenedetect" else "1")
    assert digest() != before
