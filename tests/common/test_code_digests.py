"""What code reaches: by names, by imports, by modules, by texts."""

import pytest

from libra_emo.common.code_digests import SourceTree, find_reach, source_tree

FILES = {
    "__init__.py": "",
    "nodes.py": (
        "from thing import tables\n"
        "from thing.cuts import LIMIT, find\n"
        "from thing.faces import count\n\n"
        "def cut(scene):\n    return find(scene)\n\n"
        "def see(scene):\n    from thing.late import later\n    return later(count(scene))\n\n"
        "def read():\n    return tables.first()\n\n"
        "def start():\n    return 'thing.program'\n\n"
        "def name():\n    return 'words.yml'\n"
    ),
    "cuts.py": "LIMIT = 3\nOTHER = 4\n\ndef find(scene):\n    return scene > LIMIT\n",
    "faces.py": "if TYPE_CHECKING:\n    from thing.typed import T\n\n"
    "def count(scene: T):\n    return 1\n",
    "late.py": "from thing.deep.inner import VALUE\n\ndef later(x):\n    return x + VALUE\n",
    "tables.py": "def first():\n    return 1\n\ndef second():\n    return 2\n",
    "typed.py": "T = int\n",
    "program.py": "import thing.cuts\n\ndef main(): pass\n\nif __name__:\n    main()\n",
    "deep/__init__.py": "from thing.effects import register\n\nregister()\n",
    "deep/inner.py": "VALUE = 1\nUNUSED = 2\n",
    "effects.py": "NAMES = []\n\ndef register():\n    NAMES.append(1)\n",
    "data/words.yml": "a: 1\n",
}


@pytest.fixture
def thing(tmp_path):
    for name, text in FILES.items():
        (tmp_path / "thing" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "thing" / name).write_text(text)
    return tmp_path / "thing"


def reach(thing, *names, besides=()):
    tree = SourceTree({"thing": thing})
    return find_reach(tree, [("thing.nodes", name) for name in names], besides)


def changed(thing, file, old, new, name):
    before = reach(thing, name).digest
    text = (thing / file).read_text()
    assert old in text
    (thing / file).write_text(text.replace(old, new))
    return reach(thing, name).digest != before


@pytest.mark.parametrize(
    ("file", "old", "new", "stale"),
    [
        ("cuts.py", "LIMIT = 3", "LIMIT = 4", {"cut", "start"}),
        ("cuts.py", "OTHER = 4", "OTHER = 5", {"start"}),
        ("faces.py", "return 1", "return 2", {"see"}),
        ("deep/inner.py", "VALUE = 1", "VALUE = 3", {"see"}),
        ("deep/inner.py", "UNUSED = 2", "UNUSED = 3", set()),
        ("effects.py", "append(1)", "append(2)", {"see"}),
        ("tables.py", "return 1", "return 3", {"read"}),
        ("tables.py", "return 2", "return 3", set()),
        ("typed.py", "int", "str", set()),
        ("program.py", "pass", "return 1", {"start"}),
        ("data/words.yml", "1", "2", {"name"}),
        ("nodes.py", "count(scene)", "count(0)", {"see"}),
        ("cuts.py", "LIMIT = 3", "LIMIT = 3  # why", set()),
    ],
)
def test_a_change_changes_the_digest_of_what_reaches_it_and_no_other(thing, file, old, new, stale):
    names = ["cut", "see", "read", "start", "name"]
    before = {name: reach(thing, name).digest for name in names}
    text = (thing / file).read_text()
    assert old in text
    (thing / file).write_text(text.replace(old, new))
    assert {name for name in names if reach(thing, name).digest != before[name]} == stale


def test_the_reach_names_what_changed(thing):
    found = reach(thing, "cut")
    assert found.names["thing.cuts"] == {"LIMIT", "find"}
    assert set(found.digests) == {"thing.nodes", "thing.cuts"}
    assert {"thing.tables", "thing.faces", "thing"} <= found.loaded  # imported, but not used
    assert "thing.late" not in found.loaded


def test_all_of_a_module_can_be_asked_for(thing):
    tree = SourceTree({"thing": thing})
    found = find_reach(tree, [("thing.nodes", "*")])
    assert {"thing.late", "thing.deep.inner", "thing/data/words.yml"} <= set(found.digests)


def test_a_module_that_is_passed_as_a_whole_is_reached_as_a_whole(thing):
    (thing / "nodes.py").write_text(
        "from thing import tables\n\ndef cut():\n    return dir(tables)"
    )
    assert changed(thing, "tables.py", "return 2", "return 3", "cut")


def test_what_is_besides_the_point_changes_nothing(thing):
    before = reach(thing, "cut", besides=("thing.cuts",))
    (thing / "cuts.py").write_text("LIMIT = 9\n")
    assert reach(thing, "cut", besides=("thing.cuts",)) == before
    assert "thing.cuts" not in before.loaded


def test_names_that_point_at_each_other_come_to_an_end(thing):
    (thing / "cuts.py").write_text("from thing.nodes import cut\n\ndef find(s):\n    return cut(s)")
    assert set(reach(thing, "cut").digests) == {"thing.nodes", "thing.cuts"}


def test_the_ends_of_lines_in_data_change_nothing(thing):
    before = reach(thing, "name").digest
    (thing / "data/words.yml").write_bytes(b"a: 1\r\n")
    assert reach(thing, "name").digest == before


def test_a_package_is_found_without_importing_it():
    tree = source_tree(["libra_emo", "there_is_no_such_package"])
    assert tree.is_module("libra_emo.common.digests")
    assert not tree.is_module("libra_emo.common.nothing")
    assert tree.module("numpy") is None
