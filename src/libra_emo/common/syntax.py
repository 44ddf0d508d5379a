"""What a module says, statement by statement, without comments, docstrings and layout.

The digest of a statement is the same on every Python: it is made of the syntax tree by a walk of
our own, since what `ast.dump` writes, and how f-strings are parsed, differ between versions.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

# fields without meaning of their own
LEFT_OUT = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
TEXT_CHARACTERS = 80  # longer texts name no file and no module
NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)


@dataclass(frozen=True)
class Import:
    """One name that an import statement binds.

    Attributes:
        name: Name that it binds.
        module: Module that is imported.
        symbol: Name that is taken out of the module; None where the name is the module itself, `*`
            where anything of it may be used.
    """

    name: str
    module: str
    symbol: str | None = None


@dataclass
class Statement:
    """A statement at the top of a module.

    Attributes:
        names: Names that it binds.
        digest: Digest of its syntax.
        runs: Whether it does more than to bind names, so that it counts once the module is loaded.
        uses: Names that it refers to by themselves.
        members: Names of which it reads an attribute, with the attribute.
        imports: Imports in it, those inside functions too.
        texts: Short texts in it, which may name a file or a module.
    """

    names: set[str] = field(default_factory=set)
    digest: str = ""
    runs: bool = False
    uses: set[str] = field(default_factory=set)
    members: set[tuple[str, str]] = field(default_factory=set)
    imports: list[Import] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)


def read_statements(
    source: str | bytes, module: str = "", is_package: bool = False
) -> list[Statement]:
    """Return the statements of a module; an import of several names is one statement a name.

    Args:
        source: Text of the module.
        module: Name of the module, where relative imports start.
        is_package: Whether the module is the `__init__` of a package.

    Raises:
        SyntaxError: If it is no Python.
    """
    package = module if is_package else module.rpartition(".")[0]
    statements: list[Statement] = []
    for node in _meant(ast.parse(source, module or "module").body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            statements.extend(_import_statements(node, package))
        else:
            statements.append(_Walk(package).read(node))
    return statements


def _meant(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Give the statements that mean something: no bare text, nothing for type checkers alone."""
    for node in body:
        if isinstance(node, ast.Expr) and _is_text(node.value):
            continue
        if isinstance(node, ast.If) and _asks_for_checker(node.test):
            yield from _meant(node.orelse)
        else:
            yield node


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _asks_for_checker(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


def _import_statements(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[Statement]:
    for found in _imports(node, package):
        text = f"import {found.module} {found.symbol} {found.name}"
        digest = hashlib.sha256(text.encode()).hexdigest()
        yield Statement(names={found.name}, digest=digest, imports=[found])


def _imports(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            whole = alias.asname is None and top != alias.name
            yield Import(alias.asname or top, alias.name, "*" if whole else None)
        return
    base = package.split(".")
    above = ".".join(base[: len(base) - node.level + 1]) if node.level else ""
    module = ".".join(part for part in (above, node.module) if part)
    for alias in node.names:
        yield Import(alias.asname or alias.name, module, alias.name)


@cache
def _fields(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(names) - LEFT_OUT))


class _Walk:
    """Writes a statement down in one form for every Python, and notes what it refers to."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._parts: list[str] = []
        self._found = Statement()
        self._owners: set[int] = set()  # names that stand before a dot

    def read(self, node: ast.stmt) -> Statement:
        """Return what a statement at the top of a module says."""
        found = self._found
        self._node(node)
        found.digest = hashlib.sha256("\0".join(self._parts).encode()).hexdigest()
        found.runs = not isinstance(node, (*NAMED, *ASSIGNMENTS))
        if isinstance(node, NAMED):
            found.names = {node.name}
        elif found.runs:
            found.names = set(_bound(node)) | {each.name for each in found.imports}
        else:
            found.names = set(_stored(node))
            found.runs = any(
                isinstance(each, ast.Subscript | ast.Attribute) for each in _targets(node)
            )
        return found

    def _node(self, node: ast.AST) -> None:
        self._note(node)
        self._parts.append(type(node).__name__)
        for name in _fields(node._fields):
            value: Any = getattr(node, name, None)
            if name == "value" and isinstance(node, ast.Constant):
                self._parts.append(f"{type(value).__name__} {value!a}")
            elif _is_empty(value):
                continue  # what older versions do not have is empty in newer ones
            else:
                self._parts.append(name)
                self._value(_joined(value) if isinstance(node, ast.JoinedStr) else value)
        self._parts.append(")")

    def _value(self, value: Any) -> None:
        if isinstance(value, ast.AST):
            self._node(value)
        elif isinstance(value, list):
            statements = bool(value) and isinstance(value[0], ast.stmt)
            for each in _meant(value) if statements else value:
                self._value(each)
            self._parts.append("]")
        else:
            self._parts.append(f"{value!a}")

    def _note(self, node: ast.AST) -> None:
        found = self._found
        if isinstance(node, ast.Name) and id(node) not in self._owners:
            found.uses.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            self._owners.add(id(node.value))
            found.members.add((node.value.id, node.attr))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if len(node.value) <= TEXT_CHARACTERS:
                found.texts.add(node.value)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.imports.extend(_imports(node, self._package))


def _is_empty(value: Any) -> bool:
    if isinstance(value, ast.JoinedStr):  # `f"{x:}"`
        return not value.values
    return value is None or value == [] or (type(value) is int and value == 0)


def _joined(values: Any) -> list[ast.expr]:
    """Return the parts of an f-string, with neighbouring texts as one as some Pythons have them."""
    parts: list[ast.expr] = []
    for value in values:
        before = parts[-1] if parts else None
        if isinstance(value, ast.Constant) and isinstance(before, ast.Constant):
            parts[-1] = ast.Constant(f"{before.value!s}{value.value!s}")
        elif not (isinstance(value, ast.Constant) and value.value == ""):
            parts.append(value)
    return parts


def _bound(node: ast.AST) -> Iterator[str]:
    """Give the names that a compound statement may bind."""
    yield from _stored(node)
    for inner in ast.walk(node):
        if isinstance(inner, NAMED):
            yield inner.name


def _stored(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id


def _targets(node: ast.AST) -> Iterator[ast.AST]:
    """Give what an assignment assigns to, such as `TABLE["key"]`."""
    for target in getattr(node, "targets", None) or [getattr(node, "target", node)]:
        yield from ast.walk(target)
