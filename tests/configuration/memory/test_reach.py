import pytest

from libra_emo.common.code_digests import SourceTree
from libra_emo.configuration.memory.reach import REACH_FILE, ReachMemory

STARTS = [("thing.nodes", "cut"), ("thing.nodes", "ask")]


@pytest.fixture
def thing(tmp_path):
    folder = tmp_path / "thing"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "nodes.py").write_text("def cut(): ...\ndef ask(): ...\n")
    (folder / "words.yml").write_text("happy: [joy]\n")
    return folder


def ask(thing, starts=STARTS, write=True):
    """Return the answer of a new command, and whether it was searched for."""
    searched = []

    def search():
        searched.append(True)
        return {"thing.nodes": "abc"}

    memory = ReachMemory(thing.parent)
    found = memory.find(SourceTree({"thing": thing}), starts, search)
    if write:
        (thing.parent / REACH_FILE).parent.mkdir(parents=True, exist_ok=True)
        memory.write()
    return found, bool(searched)


def test_what_was_found_is_found_again_without_a_search(thing):
    assert ask(thing) == ({"thing.nodes": "abc"}, True)
    assert ask(thing) == ({"thing.nodes": "abc"}, False)
    assert ask(thing, STARTS[::-1]) == ({"thing.nodes": "abc"}, False)
    assert ask(thing, STARTS[:1])[1]


def test_nothing_is_kept_unless_it_is_written(thing):
    ask(thing, write=False)
    assert not (thing.parent / REACH_FILE).exists()
    assert ask(thing)[1]


@pytest.mark.parametrize("name", ["nodes.py", "words.yml", "another.py"])
def test_any_other_byte_or_file_is_searched_again(thing, name):
    ask(thing)
    with (thing / name).open("a") as file:
        file.write("# a comment\n")
    assert ask(thing)[1]
    assert not ask(thing)[1]


@pytest.mark.parametrize("content", ["", "[", "3", '{"a": '])
def test_a_file_that_cannot_be_read_is_replaced(thing, content):
    ask(thing)
    (thing.parent / REACH_FILE).write_text(content)
    assert ask(thing)[1]
    assert not ask(thing)[1]
