"""The layout of the package: small rooms, no circles, short functions."""

import ast
from pathlib import Path
from statistics import median

import grimp
import pytest

SOURCE = Path(__file__).parents[1] / "src/libra_emo"
MOST_MODULES = 15
MOST_LINES = 300
MOST_MEDIAN_LINES = 9


def list_packages():
    return sorted({path.parent for path in SOURCE.rglob("*.py")})


@pytest.mark.parametrize("folder", list_packages(), ids=lambda path: path.name)
def test_a_package_has_few_modules(folder):
    modules = [path.name for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MOST_MODULES, modules


def test_no_module_is_long():
    lengths = {path: len(path.read_text().splitlines()) for path in SOURCE.rglob("*.py")}
    assert not {path for path, lines in lengths.items() if lines > MOST_LINES}


def test_functions_are_short():
    lengths = [
        node.end_lineno - node.lineno + 1
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert median(lengths) <= MOST_MEDIAN_LINES


def find_circle(graph, parent):
    """Return siblings that import each other in a circle, as their names; empty without one."""
    depth = parent.count(".") + 1
    arrows = {}
    for importer in graph.find_descendants(parent):
        first = ".".join(importer.split(".")[: depth + 1])
        for imported in graph.find_modules_directly_imported_by(importer):
            second = ".".join(imported.split(".")[: depth + 1])
            if imported.startswith(f"{parent}.") and first != second:
                arrows.setdefault(first, set()).add(second)
    left = set(arrows) | {name for names in arrows.values() for name in names}
    while free := {name for name in left if not arrows.get(name, set()) & left}:
        left -= free
    return left


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("libra_emo", exclude_type_checking_imports=True, cache_dir=None)


def test_no_packages_and_no_modules_import_each_other_in_a_circle(graph):
    packages = [name for name in graph.modules if graph.find_children(name)]
    circles = {name: find_circle(graph, name) for name in packages}
    assert not {name: circle for name, circle in circles.items() if circle}
