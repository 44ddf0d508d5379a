"""What the benchmark of the preprocessing measured, as a page."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

Runs = dict[str, list[float]]


def add_run(earlier: dict[str, Any], told: dict[str, Any]) -> Runs:
    """Return the seconds of all runs of a part, by what they were spent on."""
    runs: Runs = earlier.get("runs", {})
    names = [name for name in told if name.endswith("_s")]
    return {name: [*runs.get(name, []), told[name]] for name in names}


def print_report(folder: Path) -> None:
    """Print the figures of all parts that were run."""
    told = {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    for part in told.values():
        part.update({name: median(seconds) for name, seconds in part.get("runs", {}).items()})
    if {"plain-scenes", "plain-faces", "plain-cuts", "ours"} <= set(told):
        _print_speed(told)
    for part in ("cuts", "agreement", "memory", "workers"):
        if part in told:
            print(f"\n## {part}\n")
            for name, value in told[part].items():
                if name not in ("kept", "result", "runs"):
                    print(f"- {name}: {value}")


def _print_speed(told: dict[str, Any]) -> None:
    plain = [told[f"plain-{step}"]["wall_s"] for step in ("scenes", "faces", "cuts")]
    print("## speed (wall clock seconds, medians; one worker on one core)\n")
    print("| step | plain | ours | ratio | ours, all encoded | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    ours = _steps(told["ours"])
    # nan where that part was not run
    encoded = _steps(told["ours-encoded"]) if "ours-encoded" in told else [float("nan")] * 5
    names = ("scenes", "faces", "cutting", "scenes and faces", "everything")
    rows = [*plain, plain[0] + plain[1], sum(plain)]
    for name, one, two, three in zip(names, rows, ours, encoded, strict=True):
        cells = [f"{cell:.1f}" for cell in (one, two, one / two, three, one / three)]
        print(f"| {name} | {' | '.join(cells)} |")
    print(f"\npure decoding: {told['decode']['wall_s']:.1f} s")
    cpu = sum(told[f"plain-{step}"]["cpu_s"] for step in ("scenes", "faces", "cuts"))
    print(f"processor seconds: plain {cpu:.1f}, ours {told['ours']['cpu_s']:.1f}")
    print(f"peak memory in MB: plain {told['plain-faces']['peak_mb']:.0f}, ", end="")
    print(f"ours {told['ours']['peak_mb']:.0f}")
    mine = {tuple(round(edge, 2) for edge in span) for span in told["ours"]["kept"]}
    theirs = {tuple(round(edge, 2) for edge in span) for span in told["plain-faces"]["kept"]}
    print(f"kept: both {len(mine & theirs)}, ours alone {sorted(mine - theirs)}, ", end="")
    print(f"plain alone {sorted(theirs - mine)}; copied {told['ours'].get('copied', 0)}")


def _steps(told: dict[str, Any]) -> list[float]:
    scenes, faces, cutting = (told[f"{step}_s"] for step in ("scenes", "faces", "cutting"))
    return [scenes, faces, cutting, scenes + faces, told["wall_s"]]
