"""Measures the preprocessing against the chain of tools that people use today.

    python benchmarks/preprocessing.py --part films          assembles the films (once)
    python benchmarks/preprocessing.py --part decode plain-scenes plain-faces plain-cuts ours
    python benchmarks/preprocessing.py --part ours-encoded   without copying packets
    python benchmarks/preprocessing.py --part cuts agreement memory workers
    python benchmarks/preprocessing.py --part report         prints all that was measured

Each part keeps its figures in a folder, so that they can be measured one by one on a machine that
is quiet for a few minutes only. A part that is run again adds its times to the earlier ones, and
the report takes the median of each; remove the folder to start anew. Each part is a process of its
own, which loads its packages before the time begins. All but `workers` are pinned to one core. The
films are those of shared/real, some that are assembled from them, and for the agreement those of
`--films` too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import plain_chain
from preprocessing_agreement import compare_films, tell_agreement
from preprocessing_films import REAL, assemble, copy_film, list_real, plan_shots, repeat_film
from preprocessing_report import add_run, print_report
from preprocessing_steps import (
    count_frames,
    count_hits,
    cut_side_by_side,
    decode_side_by_side,
    load_tools,
    measure,
    measure_ours,
)

SECONDS, SEED = 237, 1
SIZE, LOW_SIZE = (1280, 720), (320, 180)
TWO_HOURS = 7200
SEVERAL, SEVERAL_DRAWN, SEVERAL_SECONDS, SEVERAL_SIZE = 18, 6, 60, (640, 360)
LONG = ("result", "runs", "kept")  # figures that are for the report alone
KNOWN_CUTS = {  # in seconds of the container; a film with one shot has none
    "short_hamilton_clip.mp4": [1.519, 3.588, 7.892],
    "face_noface.mov": [2.4],
    "nasa_13013.mp4": [8.008],  # of its larger picture, which is read; of the smaller one 8.08
    "WolfgangLanger_Pexels.mp4": [],
    "chaplin.mp4": [],
    "liveportrait_s18.mp4": [],
    "liveportrait_s32.mp4": [],
    "liveportrait_d10.mp4": [],
    "liveportrait_d12.mp4": [],
    "liveportrait_d14.mp4": [],
}


class Bench:
    """The parts of the benchmark, each of which keeps its figures as JSON.

    Args:
        folder: Where films and figures are kept.
        films: More films to compare the faces on.
        seconds: No film is begun to be compared after so long.
    """

    def __init__(self, folder: Path, films: Path, seconds: float) -> None:
        self.folder, self.films, self.seconds = folder, films, seconds
        self.long, self.low = folder / "long.mp4", folder / "low.mp4"
        self.two_hours = folder / "two_hours.mkv"
        self.several = [folder / f"several/{number}.mp4" for number in range(SEVERAL)]

    def make_films(self) -> dict[str, Any]:
        """Assemble the films; the two-hour one repeats a small one, for two workers are several."""
        shots = plan_shots(SECONDS, SEED)
        cuts = assemble(self.long, shots, SIZE)
        assemble(self.low, shots, LOW_SIZE)
        repeat_film(self.two_hours, self.low, TWO_HOURS)
        for number, film in enumerate(self.several):
            if number < SEVERAL_DRAWN:
                assemble(film, plan_shots(SEVERAL_SECONDS, SEED + 1 + number), SEVERAL_SIZE)
            else:
                copy_film(self.several[number - SEVERAL_DRAWN], film)
        return {"cuts": cuts, "shots": len(shots)}

    def decode(self) -> dict[str, Any]:
        """Decode the long film and do nothing else."""
        return measure(lambda: count_frames(self.long))

    def plain_scenes(self) -> dict[str, Any]:
        """Find the scenes as PySceneDetect does."""
        return measure(lambda: plain_chain.find_scenes(self.long))

    def plain_faces(self) -> dict[str, Any]:
        """Search every sampled frame of every scene of the right length whole.

        That takes minutes: a run that is stopped goes on with the next ten scenes.
        """
        scenes = [tuple(span) for span in self.read("plain-scenes")["result"]]
        right = [span for span in scenes if plain_chain.is_right_length(span)]
        done = self.folder / "plain-faces.part"
        told = (
            json.loads(done.read_text()) if done.exists() else {"wall_s": 0, "cpu_s": 0, "seen": []}
        )
        while len(told["seen"]) < len(right):
            spans = right[len(told["seen"]) :][:10]
            more = measure(lambda spans=spans: plain_chain.look_for_faces(self.long, spans))
            told["seen"] += more.pop("result")
            told["peak_mb"] = more["peak_mb"]
            told.update({name: told[name] + more[name] for name in ("wall_s", "cpu_s")})
            done.write_text(json.dumps(told))
        done.unlink()
        told["frames"] = sum(len(seen) for seen in told["seen"])
        told["kept"] = [span for span, seen in zip(right, told["seen"], strict=True) if all(seen)]
        told["result"] = list(zip(right, told.pop("seen"), strict=True))
        return told

    def plain_cuts(self) -> dict[str, Any]:
        """Cut each kept clip."""

        def run() -> None:
            for number, span in enumerate(self.read("plain-faces")["kept"]):
                plain_chain.cut(self.long, tuple(span), self.folder / f"plain/{number}.mp4")

        return measure(run)

    def ours(self, **options: Any) -> dict[str, Any]:
        """Run our chain on the long film."""
        return measure_ours(self.long, self.folder / "ours", options)

    def ours_encoded(self) -> dict[str, Any]:
        """Run our chain, encoding each clip again."""
        return self.ours(clip_copy_kilobits=0)

    def memory(self) -> dict[str, Any]:
        """Run our chain on two hours."""
        return measure_ours(self.two_hours, self.folder / "memory", {})

    def cuts(self) -> dict[str, Any]:
        """Compare found cuts with the known ones, for both detectors."""
        known = {REAL / name: cuts for name, cuts in KNOWN_CUTS.items()}
        kinds = {"shared/real": known, "assembled": {self.long: self.read("films")["cuts"]}}
        return {
            f"{kind}, {detector}": count_hits(films, detector)
            for kind, films in kinds.items()
            for detector in ("adaptive", "content")
        }

    def agreement(self) -> dict[str, Any]:
        """Compare the faces frame by frame and clip by clip."""
        more = sorted(self.films.glob("*.mkv")) + sorted(self.films.glob("*.mp4"))
        known = {
            (round(start * 1000), round(end * 1000)): seen
            for (start, end), seen in self.read("plain-faces")["result"]
        }
        films = [self.long, *list_real(), *more]
        compare_films(films, self.folder / "compared", self.seconds, {self.long: known})
        return tell_agreement(self.folder / "compared")

    def workers(self) -> dict[str, Any]:
        """Run our chain on several films with one worker and with two.

        What the machine itself allows is told by decoding alone.
        """
        films = self.several
        told = {f"{count}_workers_s": cut_side_by_side(films, count) for count in (1, 2)}
        told |= {f"{count}_decoders_s": decode_side_by_side(films, count) for count in (1, 2)}
        for what in ("workers", "decoders"):
            told[f"ratio of {what}"] = told[f"1_{what}_s"] / told[f"2_{what}_s"]
        return told

    def read(self, part: str) -> Any:
        """Return what a part has told."""
        return json.loads((self.folder / f"{part}.json").read_text())

    def run(self, part: str) -> None:
        """Run a part and keep what it tells."""
        if part != "workers":
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        load_tools()
        work = self.make_films if part == "films" else getattr(self, part.replace("-", "_"))
        told = work()
        place = self.folder / f"{part}.json"
        told["runs"] = add_run(json.loads(place.read_text()) if place.exists() else {}, told)
        place.write_text(json.dumps(told, indent=1, default=str))
        print(part, {key: value for key, value in told.items() if key not in LONG})


def main() -> None:
    """Run the parts that are asked for."""
    parts = [
        *("films", "decode", "plain-scenes", "plain-faces", "plain-cuts", "ours", "ours-encoded"),
        *("cuts", "agreement", "memory", "workers", "report"),
    ]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", nargs="+", choices=parts, default=parts)
    kept = Path(tempfile.gettempdir()) / "libra_emo_benchmark"
    parser.add_argument("--folder", type=Path, default=kept, help="keeps films and figures")
    parser.add_argument("--films", type=Path, default=Path("data/01_raw/films"))
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no film after so long")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(options.folder, options.films, options.seconds)
    for part in options.part:
        if part == "report":
            print_report(options.folder)
        elif len(options.part) == 1:
            bench.run(part)
        else:
            subprocess.run([sys.executable, *sys.argv, "--part", part], check=True)


if __name__ == "__main__":
    main()
