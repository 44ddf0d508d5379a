"""The digests of statements: what changes them, and that they are the same on every Python."""

from pathlib import Path

import pytest

from libra_emo.common.digests import digest_json
from libra_emo.common.syntax import Import, read_statements

EVERY_SYNTAX = Path(__file__).with_name("every_syntax.txt")
# the same on Python 3.11 to 3.14; a new kind of syntax in the file changes it
EXPECTED = "95ecfc7b3fce451f6481280499e21825e9ab5dff35eee9eabfa47b1987a0fffc"


def digests(source):
    return [statement.digest for statement in read_statements(source)]


def test_the_digests_are_the_same_on_every_python():
    statements = read_statements(EVERY_SYNTAX.read_bytes(), "package.module")
    content = [
        [each.digest, each.runs, *map(sorted, (each.names, each.uses, each.members, each.texts))]
        for each in statements
    ]
    assert digest_json(content) == EXPECTED


@pytest.mark.parametrize(
    "other",
    [
        "x = f(1, 2)  # why",
        '"""Words."""\nx = f(\n    1,\n    2,\n)',
        "if TYPE_CHECKING:\n    from a import b\nx = f(1, 2)",
        "x = (f(1, 2))",
    ],
)
def test_comments_layout_and_what_type_checkers_read_change_nothing(other):
    assert digests(other) == digests("x = f(1, 2)")


def test_docstrings_change_nothing_wherever_they_stand():
    assert digests(
        'class A:\n    "W."\n    x = 1\n    "V."\n    def f(self):\n        """U."""\n'
        "        return 1"
    ) == digests("class A:\n    x = 1\n    def f(self): return 1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x = 2"),
        ("x = 1", "x = 1.0"),
        ("x = 0", "x = None"),
        ("x = 0", "x = False"),
        ("x = 'a'", "x = b'a'"),
        ("x = 'a'", "x = a"),
        ("x = [1, [2]]", "x = [[1], 2]"),
        ("x = f'{a}b'", "x = f'{a}c'"),
        ("x = f'{a}'", "x = f'{a!r}'"),
        ("from a import b", "from c import b"),
        ("from a import b as d", "from a import c as d"),
        ("def f(a, /): pass", "def f(a): pass"),
        ("async def f(): pass", "def f(): pass"),
        ("x = [i for i in j]", "x = [i async for i in j]"),
        ("def f(a=1): pass", "def f(a=2): pass"),
        ("class A: x: int", "class A: x: str"),
    ],
)
def test_whatever_means_something_else_has_another_digest(one, other):
    assert digests(one) != digests(other)


def test_a_statement_knows_what_it_binds_and_refers_to():
    (found,) = read_statements("def f(a):\n    from p import q\n    return b(c.d) + 'table.yml'")
    assert found.names == {"f"} and not found.runs
    assert found.uses == {"b"} and found.members == {("c", "d")}
    assert found.imports == [Import("q", "p", "q")] and found.texts == {"table.yml"}


@pytest.mark.parametrize("source", ["f()", "for x in y: pass", "if a: b = 1", "t['a'] = 1"])
def test_what_does_more_than_bind_a_name_runs(source):
    (found,) = read_statements(source)
    assert found.runs


def test_imports_are_one_statement_a_name():
    source = "import a.b\nimport c as d\nfrom . import e, f\nfrom ..g import h as i"
    found = [each.imports for each in read_statements(source, "p.q.module")]
    assert found == [
        [Import("a", "a.b", "*")],
        [Import("d", "c")],
        [Import("e", "p.q", "e")],
        [Import("f", "p.q", "f")],
        [Import("i", "p.g", "h")],
    ]
    (inside,) = read_statements("from .a import b", "p.q", is_package=True)
    assert inside.imports == [Import("b", "p.q.a", "b")]
