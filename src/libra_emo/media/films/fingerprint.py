"""A digest of the rules by which films are worked on: the code itself, and what it is built on."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from functools import cache
from hashlib import sha256
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

PACKAGE = __name__.partition(".")[0]
# packages whose next version may see another cut or face, or write other bytes
DECIDING = (
    "av",
    "dlib",
    "dlib-bin",
    "face_recognition",
    "face_recognition_models",
    "numpy",
    "opencv-python-headless",
    "pysubs2",
    "scenedetect",
    "soundfile",
)


@cache
def digest_rules(module: str, besides: Collection[str] = ()) -> str:
    """Return a digest that changes when a module of this package may give other results.

    Taken in are the module and all of this package that it imports, the data beside this module,
    and versions of packages that decide. Comments, docstrings and the code's layout change nothing.

    Args:
        module: Such as `libra_emo.media.films.process`.
        besides: Modules that are imported, and matter nothing.
    """
    digest = sha256()
    for name, tree in sorted(_imported(module, besides).items()):
        digest.update(f"{name}\0{ast.dump(_without_docstrings(tree))}\0".encode())
    for path in sorted(Path(__file__).parents[2].glob("*/**/*.yml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for name in DECIDING:
        digest.update(f"{name}\0{_version(name)}\0".encode())
    return digest.hexdigest()


def _imported(module: str, besides: Collection[str]) -> dict[str, ast.Module]:
    """Return the syntax of a module and of all modules of this package behind it."""
    found: dict[str, ast.Module] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found or name in besides:
            continue
        path = _source_of(name)
        if path is not None:
            found[name] = ast.parse(path.read_bytes())
            waiting.extend(_names(found[name]))
    return found


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and _is_ours(node.module or ""):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names if _is_ours(each.name))


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] == PACKAGE


def _source_of(name: str) -> Path | None:
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:  # a function or class of a module
        return None
    return Path(spec.origin) if spec is not None and spec.origin else None


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                del node.body[0]
    return tree


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
