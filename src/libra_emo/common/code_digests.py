"""Digests of code: what functions and classes reach by imports, wherever it stands.

Reached is a statement at the top of a module that something reached refers to, by name or by an
import, inside functions too. What a module does besides binding names counts as soon as the module
is imported at all. With the code go the data files of the package that a reached statement names.
Comments, docstrings, layout and imports for type checkers change nothing.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from libra_emo.common.digests import digest_file, digest_json
from libra_emo.common.syntax import Import, Statement, read_statements

EVERYTHING = "*"


@dataclass(frozen=True)
class Reach:
    """What some functions and classes reach.

    Attributes:
        names: Module or data file → the names in it that are reached; empty for a data file.
        loaded: Modules that are imported on the way.
        digests: Module or data file → digest of what is reached in it.
    """

    names: Mapping[str, frozenset[str]]
    loaded: frozenset[str]
    digests: Mapping[str, str]

    @cached_property
    def digest(self) -> str:
        """One digest for all."""
        return digest_json(dict(self.digests))


class Module:
    """A module's statements, and which of them bind a name."""

    def __init__(self, path: Path, name: str) -> None:
        self.statements = read_statements(path.read_bytes(), name, path.name == "__init__.py")
        self.binding: dict[str, list[int]] = {}
        for place, statement in enumerate(self.statements):
            for bound in statement.names:
                self.binding.setdefault(bound, []).append(place)

    def imports_of(self, name: str) -> list[Import]:
        """Return the imports that bind a name."""
        statements = [self.statements[place] for place in self.binding.get(name, ())]
        return [found for each in statements for found in each.imports if found.name == name]

    def digest(self, places: Iterable[int]) -> str:
        """Return the digest of some statements; the order counts of those that it matters for."""
        free: list[str] = []
        ordered: list[str] = []
        for place in sorted(places):
            statement = self.statements[place]
            alone = all(len(self.binding[name]) == 1 for name in statement.names)
            (free if alone and not statement.runs else ordered).append(statement.digest)
        return digest_json([sorted(free), ordered])


class SourceTree:
    """The source files of some packages, each of them read once.

    Args:
        folders: Package → its folder.
    """

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = dict(folders)
        self._modules: dict[str, Module | None] = {}

    def module(self, name: str) -> Module | None:
        """Return a module; None if the packages have none of this name."""
        if name not in self._modules:
            path = self._paths.get(name)
            self._modules[name] = None if path is None else Module(path, name)
        return self._modules[name]

    def is_module(self, name: str) -> bool:
        """Return whether there is a module of this name."""
        return name in self._paths

    def data_files(self, text: str) -> Iterable[Path]:
        """Return the data files that a text in the code may name, with or without their ending."""
        return self._data.get(text.rsplit("/", 1)[-1], ())

    def shown(self, path: Path) -> str:
        """Return the name of a data file, from its package on."""
        folder = next(each for each in self._folders.values() if path.is_relative_to(each))
        return path.relative_to(folder.parent).as_posix()

    @cached_property
    def digest(self) -> str:
        """One digest for all files, byte by byte; what anything reaches follows from them."""
        return digest_json({self.shown(path): digest_file(path) for path in self._files})

    @cached_property
    def _data(self) -> dict[str, list[Path]]:
        found: dict[str, list[Path]] = {}
        for path in self._files:
            if path.suffix != ".py":
                for text in {path.name, path.stem}:
                    found.setdefault(text, []).append(path)
        return found

    @cached_property
    def _files(self) -> list[Path]:
        """The source files and the data files, without hidden and compiled ones."""
        return [
            Path(place, name)
            for folder in self._folders.values()
            for place, _, names in sorted(os.walk(folder))
            for name in sorted(names)
            if not (name.startswith(".") or name.endswith(".pyc") or "__pycache__" in place)
        ]

    @cached_property
    def _paths(self) -> dict[str, Path]:
        """Module → its file; of a file and a folder of one name the file counts."""
        found: dict[str, Path] = {}
        for package, folder in self._folders.items():
            for path in self._files:
                if path.suffix == ".py" and path.is_relative_to(folder):
                    parts = path.relative_to(folder).with_suffix("").parts
                    is_package = parts[-1] == "__init__"
                    name = ".".join((package, *(parts[:-1] if is_package else parts)))
                    if not (is_package and name in found):
                        found[name] = path
        return found


def source_tree(packages: Iterable[str]) -> SourceTree:
    """Return the source files of packages that can be imported; none of them is imported."""
    folders = {}
    for name in packages:
        spec = find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            folders[name] = Path(spec.submodule_search_locations[0])
    return SourceTree(folders)


def find_reach(
    tree: SourceTree, starts: Iterable[tuple[str, str]], besides: Collection[str] = ()
) -> Reach:
    """Return what functions and classes reach.

    Args:
        tree: The source files.
        starts: Module and name of each function or class; the name `*` stands for all the module.
        besides: Modules that count for nothing.
    """
    search = _Search(tree, besides)
    search.run(starts)
    names: dict[str, frozenset[str]] = {}
    digests: dict[str, str] = {}
    for name, places in search.reached.items():
        statements = [search.loaded[name].statements[place] for place in places]
        names[name] = frozenset(bound for each in statements for bound in each.names)
        digests[name] = search.loaded[name].digest(places)
    for path in search.files:
        names[tree.shown(path)] = frozenset()
        digests[tree.shown(path)] = digest_data(path)
    return Reach(names, frozenset(search.loaded), digests)


def digest_data(path: Path) -> str:
    """Return the digest of a text file, the same however its lines end."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


class _Search:
    """Walks from names to the statements that bind them, and on to what these refer to."""

    def __init__(self, tree: SourceTree, besides: Collection[str]) -> None:
        self._tree = tree
        self._besides = besides
        self._waiting: list[tuple[str, int]] = []
        self.reached: dict[str, set[int]] = {}
        self.loaded: dict[str, Module] = {}
        self.files: set[Path] = set()

    def run(self, starts: Iterable[tuple[str, str]]) -> None:
        for module, name in starts:
            self._reach_name(module, name)
        while self._waiting:
            self._follow(*self._waiting.pop())

    def _reach_name(self, module: str, name: str) -> None:
        """Reach what a name of a module stands for; all of the module where this is not known."""
        code = self._load(module)
        if code is None:
            return
        places = code.binding.get(name)
        inner = f"{module}.{name}"
        if places is None and self._tree.is_module(inner):
            self._reach_name(inner, EVERYTHING)  # `package.module`, of which anything may be used
        else:
            self._reach(module, range(len(code.statements)) if places is None else places)
            for found in code.imports_of(name):  # a module that is passed on
                if found.symbol and self._tree.is_module(f"{found.module}.{found.symbol}"):
                    self._reach_name(f"{found.module}.{found.symbol}", EVERYTHING)

    def _reach(self, module: str, places: Iterable[int]) -> None:
        known = self.reached.setdefault(module, set())
        new = set(places) - known
        known |= new
        self._waiting.extend((module, place) for place in new)

    def _load(self, name: str) -> Module | None:
        """Note that a module is imported, with what it does besides binding names."""
        code = None if name in self._besides else self._tree.module(name)
        if code is None or name in self.loaded:
            return code
        self.loaded[name] = code
        if parent := name.rpartition(".")[0]:
            self._load(parent)
        for place, statement in enumerate(code.statements):
            is_import = len(statement.imports) == 1 and not statement.runs
            if statement.runs:
                self._reach(name, [place])
            elif is_import and statement.names == {statement.imports[0].name}:
                self._load_import(statement.imports[0])
        return code

    def _load_import(self, found: Import) -> None:
        if found.name == "*":  # it may bind any name
            self._reach_name(found.module, EVERYTHING)
        self._load(found.module)
        if found.symbol and self._tree.is_module(f"{found.module}.{found.symbol}"):
            self._load(f"{found.module}.{found.symbol}")

    def _follow(self, module: str, place: int) -> None:
        code = self.loaded[module]
        statement = code.statements[place]
        own: dict[str, list[Import]] = {}
        for each in statement.imports:
            own.setdefault(each.name, []).append(each)
        for found in statement.imports:
            self._reach_import(found)
        for name in statement.uses | {owner for owner, _ in statement.members}:
            if name in code.binding:  # even if it is in `own`: another method may mean this one
                self._reach(module, code.binding[name])
        for owner, member in statement.members:
            for target in self._modules_of(owner, own, code):
                self._reach_name(target, member)
        for name in statement.uses:
            for target in self._modules_of(name, own, code):
                self._reach_name(target, EVERYTHING)
        self._reach_texts(statement)

    def _reach_import(self, found: Import) -> None:
        self._load_import(found)
        if found.symbol is not None and not self._tree.is_module(f"{found.module}.{found.symbol}"):
            self._reach_name(found.module, found.symbol)

    def _modules_of(
        self, name: str, own: Mapping[str, list[Import]], code: Module
    ) -> Iterator[str]:
        """Give the modules that a name may stand for in a statement."""
        for found in [*own.get(name, ()), *code.imports_of(name)]:
            inner = found.module if found.symbol is None else f"{found.module}.{found.symbol}"
            if self._tree.is_module(inner):
                yield inner

    def _reach_texts(self, statement: Statement) -> None:
        """Reach the data files and the modules that texts name."""
        for text in statement.texts:
            self.files.update(self._tree.data_files(text))
            module, name = text, EVERYTHING
            while "." in module and not self._tree.is_module(module):
                module, _, name = module.rpartition(".")
            if "." in module:
                self._reach_name(module, name)
