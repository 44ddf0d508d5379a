"""Draws docs/images/architecture.png from the project's own imports; `make pictures` calls it.

Floors come from the import contracts in pyproject.toml, boxes are packages with their number of
modules, and an arrow goes from a package to each package that it imports, thicker for more imports.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import grimp
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

ROOT = Path(__file__).parents[1]
PACKAGE = "libra_emo"
PICTURE = ROOT / "docs/images/architecture.png"
WINGED = ("media", "llm", "students")
# nearly everything imports these; their arrows would hide the others
GROUND = frozenset({"schemas", "taxonomy", "common", "errors"})
BOX_HEIGHT, ROW_HEIGHT = 0.62, 1.0
FILL, EDGE, ARROW = "#eef3fa", "#4a6fa5", "#8a94a3"


@dataclass(frozen=True)
class Box:
    """A package in the picture: its name, its modules, and the middle of its box."""

    name: str
    modules: int
    x: float
    y: float
    width: float


def read_floors() -> list[list[str]]:
    """Return the packages of each floor, the highest floor first, as the contracts say."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(each for each in contracts if each["name"].startswith("The floors"))["layers"]
    return [[name.strip(" ()").split(".")[1] for name in layer.split("|")] for layer in layers]


def count_imports(graph: grimp.ImportGraph, parent: str) -> Counter[tuple[str, str]]:
    """Return how many imports go from each child of a package to each other child."""
    depth = parent.count(".") + 1
    pairs: Counter[tuple[str, str]] = Counter()
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            ends = importer, imported
            if not all(name.startswith(f"{parent}.") for name in ends):
                continue
            first, second = (name.split(".")[depth] for name in ends)
            if first != second:
                pairs[first, second] += 1
    return pairs


def rank_children(pairs: Counter[tuple[str, str]], names: list[str]) -> list[list[str]]:
    """Return children in rows, each above all that it imports."""
    rank: dict[str, int] = {}

    def find(name: str) -> int:
        if name not in rank:
            rank[name] = 0  # where a circle would lead back
            below = [second for first, second in pairs if first == name]
            rank[name] = 1 + max((find(each) for each in below), default=0)
        return rank[name]

    for name in names:
        find(name)
    rows = [[name for name in names if rank[name] == level] for level in range(1, 20)]
    return [row for row in reversed(rows) if row]


def place_boxes(
    graph: grimp.ImportGraph, rows: list[list[str]], parent: str, width: float
) -> dict[str, Box]:
    """Return a box for each name, row by row, each row spread over the width."""
    boxes = {}
    for level, row in enumerate(rows):
        room = width / len(row)
        for place, name in enumerate(row):
            full = f"{parent}.{name}"
            modules = 1 + len(graph.find_descendants(full)) if full in graph.modules else 1
            x, y = (place + 0.5) * room, -level * ROW_HEIGHT
            boxes[name] = Box(name, modules, x, y, min(room * 0.92, 1.75))
    return boxes


def draw(axes: Axes, boxes: dict[str, Box], pairs: Counter[tuple[str, str]], title: str) -> None:
    """Draw boxes and the arrows between them."""
    for (first, second), count in pairs.items():
        if first in boxes and second in boxes and second not in GROUND:
            start, end = boxes[first], boxes[second]
            arrow = FancyArrowPatch(
                (start.x, start.y - BOX_HEIGHT / 2),
                (end.x, end.y + BOX_HEIGHT / 2),
                arrowstyle="-|>",
                mutation_scale=7,
                linewidth=0.4 + min(count, 40) / 20,
                color=ARROW,
                alpha=0.55,
                zorder=1,
            )
            axes.add_patch(arrow)
    for box in boxes.values():
        corner = box.x - box.width / 2, box.y - BOX_HEIGHT / 2
        shape = FancyBboxPatch(
            corner,
            box.width,
            BOX_HEIGHT,
            boxstyle="round,pad=0.02",
            facecolor=FILL,
            edgecolor=EDGE,
            zorder=2,
        )
        axes.add_patch(shape)
        axes.text(box.x, box.y + 0.07, box.name, ha="center", va="center", fontsize=8.5, zorder=3)
        number = f"{box.modules} modules" if box.modules > 1 else "1 module"
        axes.text(box.x, box.y - 0.13, number, ha="center", va="center", fontsize=6, zorder=3)
    axes.set_title(title, fontsize=10, loc="left")
    lowest = min(box.y for box in boxes.values())
    axes.set_xlim(0, max(box.x + box.width for box in boxes.values()))
    axes.set_ylim(lowest - 0.5, 0.5)
    axes.axis("off")


def draw_architecture(path: Path) -> None:
    """Draw the floors on the left, and the wings of the three large packages on the right."""
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    figure = plt.figure(figsize=(15, 11), layout="constrained")
    grid = figure.add_gridspec(len(WINGED), 2, width_ratios=[1.5, 1], height_ratios=[1, 0.7, 1.5])
    floors = place_boxes(graph, read_floors(), PACKAGE, 10.0)
    title = (
        "libra_emo: a package imports only from floors below its own\n"
        f"(without the arrows to {', '.join(sorted(GROUND))})"
    )
    draw(figure.add_subplot(grid[:, 0]), floors, count_imports(graph, PACKAGE), title)
    for row, name in enumerate(WINGED):
        parent = f"{PACKAGE}.{name}"
        pairs = count_imports(graph, parent)
        names = sorted(each.rsplit(".", 1)[1] for each in graph.find_children(parent))
        boxes = place_boxes(graph, rank_children(pairs, names), parent, 6.0)
        draw(figure.add_subplot(grid[row, 1]), boxes, pairs, f"{PACKAGE}.{name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    draw_architecture(PICTURE)
