"""The report of the preprocessing benchmark."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

Runs = dict[str, list[float]]


def add_run(earlier: dict[str, Any], figures: dict[str, Any]) -> Runs:
    """Return the name of each time → its seconds in all runs of a part."""
    runs: Runs = earlier.get("runs", {})
    names = [name for name in figures if name.endswith("_s")]
    return {name: [*runs.get(name, []), figures[name]] for name in names}


def print_report(folder: Path) -> None:
    """Print the figures of all parts that have been run."""
    figures = {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    for part in figures.values():
        part.update({name: median(seconds) for name, seconds in part.get("runs", {}).items()})
    if {"plain-scenes", "plain-faces", "plain-cuts", "ours"} <= set(figures):
        _print_speed(figures)
    for part in ("cuts", "agreement", "memory", "workers"):
        if part in figures:
            print(f"\n## {part}\n")
            for name, value in figures[part].items():
                if name not in ("kept", "result", "runs"):
                    print(f"- {name}: {value}")


def _print_speed(figures: dict[str, Any]) -> None:
    print("## speed (medians; one worker on one core)\n")
    for title, whole, ending in (
        ("wall clock seconds", "wall_s", "_s"),
        ("CPU seconds", "cpu_s", "_cpu_s"),
    ):
        _print_table(figures, title, whole, ending)
    print(f"peak memory in MB: plain {figures['plain-faces']['peak_mb']:.0f}, ", end="")
    print(f"ours {figures['ours']['peak_mb']:.0f}")
    ours_kept = {tuple(round(edge, 2) for edge in span) for span in figures["ours"]["kept"]}
    plain_kept = {tuple(round(edge, 2) for edge in span) for span in figures["plain-faces"]["kept"]}
    print(
        f"kept: both {len(ours_kept & plain_kept)}, ours alone {sorted(ours_kept - plain_kept)}, ",
        end="",
    )
    print(
        f"plain alone {sorted(plain_kept - ours_kept)}; copied {figures['ours'].get('copied', 0)}"
    )


def _print_table(figures: dict[str, Any], title: str, whole: str, ending: str) -> None:
    plain = [figures[f"plain-{step}"][whole] for step in ("scenes", "faces", "cuts")]
    print(f"| step ({title}) | plain | ours | ratio | ours, all encoded | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    ours = _steps(figures["ours"], whole, ending)
    # nan where that part was not run
    encoded = [float("nan")] * 5
    if "ours-encoded" in figures:
        encoded = _steps(figures["ours-encoded"], whole, ending)
    names = ("scenes", "faces", "cutting", "scenes and faces", "everything")
    rows = [*plain, plain[0] + plain[1], sum(plain)]
    for name, one, two, three in zip(names, rows, ours, encoded, strict=True):
        cells = [f"{cell:.1f}" for cell in (one, two, one / two, three, one / three)]
        print(f"| {name} | {' | '.join(cells)} |")
    print(f"\npure decoding: {figures['decode'][whole]:.1f} s\n")


def _steps(figures: dict[str, Any], whole: str, ending: str) -> list[float]:
    scenes, faces, cutting = (figures[f"{step}{ending}"] for step in ("scenes", "faces", "cutting"))
    return [scenes, faces, cutting, scenes + faces, figures[whole]]
