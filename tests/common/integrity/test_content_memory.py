import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.common.integrity.content_memory import ContentMemory

JSON = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def kept(place, contents):
    memory = ContentMemory(place)
    for key, (stamp, content) in contents.items():
        memory.keep(key, stamp, content)
    memory.save()
    return ContentMemory(place)


@given(st.dictionaries(st.text(), st.tuples(JSON, JSON), max_size=5))
def test_a_content_comes_back_with_its_stamp_alone(tmp_path_factory, contents):
    memory = kept(tmp_path_factory.mktemp("memory") / "memory", contents)
    for key, (stamp, content) in contents.items():
        assert memory.find(key, stamp) == content
        assert memory.find(key, [stamp, "another"]) is None
    assert memory.find("no such key" * 9, 1) is None


def test_names_that_are_no_text_are_remembered(tmp_path):
    name = b"film \xff\xfe.mp4".decode("utf-8", "surrogateescape")
    assert kept(tmp_path / "memory", {name: (1, [name])}).find(name, 1) == [name]


def test_what_was_not_asked_for_is_forgotten(tmp_path):
    memory = kept(tmp_path / "memory", {"a": (1, "one"), "b": (2, "two")})
    assert memory.find("a", 1) == "one"
    memory.save()
    again = ContentMemory(tmp_path / "memory")
    assert (again.find("a", 1), again.find("b", 2)) == ("one", None)


@pytest.mark.parametrize("place", range(0, 60, 3))
def test_a_flipped_bit_is_never_taken_for_content(tmp_path, place):
    path = tmp_path / "memory"
    kept(path, {"a": ([1, 2], {"x": "one"}), "b": (2, "two")})
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= 1
    path.write_bytes(bytes(content))
    memory = ContentMemory(path)
    found = [memory.find("a", [1, 2]), memory.find("b", 2)]
    assert found[0] in (None, {"x": "one"}) and found[1] in (None, "two")
    # only where the end of a line is hit, the next one is lost with it
    assert any(found) or content.count(b"\n") == 1


def test_nothing_is_written_where_nothing_changed(tmp_path):
    path = tmp_path / "memory"
    memory, before = kept(path, {"a": (1, "one")}), path.stat().st_mtime_ns
    memory.find("a", 1)
    memory.save()
    assert path.stat().st_mtime_ns == before


def test_without_a_place_nothing_is_kept(tmp_path):
    memory = ContentMemory()
    memory.keep("a", 1, "one")
    memory.save()
    assert ContentMemory(tmp_path / "none/memory").find("a", 1) is None
