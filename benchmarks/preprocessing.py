"""Compares the preprocessing with the chain of tools that people use today.

    python benchmarks/preprocessing.py --part films          makes the films (once)
    python benchmarks/preprocessing.py --part decode plain-scenes plain-faces plain-cuts ours
    python benchmarks/preprocessing.py --part ours-encoded   without copying packets
    python benchmarks/preprocessing.py --part cuts agreement memory workers
    python benchmarks/preprocessing.py --part report         prints the figures of all parts

Each part stores its figures in a folder, so that parts can be run one by one while the machine is
idle. If a part is run again, its times are added to the earlier ones, and the report prints the
median; remove the folder to start anew. Each part runs in its own process, which loads its packages
before the time starts. All parts but `workers` use one core. The films are those of shared/real,
some that are assembled from them, and for the agreement those of `--films` too.
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
from preprocessing_agreement import compare_films, measure_agreement
from preprocessing_films import REAL, assemble, copy_film, list_real, plan_shots, repeat_film
from preprocessing_report import add_run, print_report
from preprocessing_steps import (
    count_frames,
    count_hits,
    decode_in_parallel,
    load_tools,
    measure,
    measure_ours,
    process_in_parallel,
)

SECONDS, SEED = 237, 1
SIZE, LOW_SIZE = (1280, 720), (320, 180)
TWO_HOURS = 7200
SEVERAL, SEVERAL_DRAWN, SEVERAL_SECONDS, SEVERAL_SIZE = 18, 6, 60, (640, 360)
LONG = ("result", "runs", "kept")  # figures that are not printed
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
    """The parts of the benchmark, each of which stores its figures as JSON.

    Args:
        folder: Folder for films and figures.
        films: Folder of further films for the agreement.
        seconds: Time after which no further film is compared.
    """

    def __init__(self, folder: Path, films: Path, seconds: float) -> None:
        self.folder, self.films, self.seconds = folder, films, seconds
        self.long, self.low = folder / "long.mp4", folder / "low.mp4"
        self.two_hours = folder / "two_hours.mkv"
        self.several = [folder / f"several/{number}.mp4" for number in range(SEVERAL)]

    def make_films(self) -> dict[str, Any]:
        """Make a long film, a two-hour film that repeats a small one, and films for workers."""
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
        """Decode the long film, which is a lower limit of every way."""
        return measure(lambda: count_frames(self.long))

    def plain_scenes(self) -> dict[str, Any]:
        """Detect the scenes with PySceneDetect."""
        return measure(lambda: plain_chain.find_scenes(self.long))

    def plain_faces(self) -> dict[str, Any]:
        """Detect faces in every whole sampled frame of every scene of suitable length.

        This takes minutes. An interrupted run continues with the next ten scenes.
        """
        scenes = [tuple(span) for span in self.read("plain-scenes")["result"]]
        right = [span for span in scenes if plain_chain.is_right_length(span)]
        done = self.folder / "plain-faces.part"
        figures = (
            json.loads(done.read_text()) if done.exists() else {"wall_s": 0, "cpu_s": 0, "seen": []}
        )
        while len(figures["seen"]) < len(right):
            spans = right[len(figures["seen"]) :][:10]
            more = measure(lambda spans=spans: plain_chain.detect_faces(self.long, spans))
            figures["seen"] += more.pop("result")
            figures["peak_mb"] = more["peak_mb"]
            figures.update({name: figures[name] + more[name] for name in ("wall_s", "cpu_s")})
            done.write_text(json.dumps(figures))
        done.unlink()
        figures["frames"] = sum(len(seen) for seen in figures["seen"])
        figures["kept"] = [
            span for span, seen in zip(right, figures["seen"], strict=True) if all(seen)
        ]
        figures["result"] = list(zip(right, figures.pop("seen"), strict=True))
        return figures

    def plain_cuts(self) -> dict[str, Any]:
        """Cut each kept clip."""

        def run() -> None:
            for number, span in enumerate(self.read("plain-faces")["kept"]):
                plain_chain.cut(self.long, tuple(span), self.folder / f"plain/{number}.mp4")

        return measure(run)

    def ours(self, **options: Any) -> dict[str, Any]:
        """Process the long film."""
        return measure_ours(self.long, self.folder / "ours", options)

    def ours_encoded(self) -> dict[str, Any]:
        """Process the long film, and encode each clip instead of copying packets."""
        return self.ours(clip_copy_kilobits=0)

    def memory(self) -> dict[str, Any]:
        """Process a film of two hours."""
        return measure_ours(self.two_hours, self.folder / "memory", {})

    def cuts(self) -> dict[str, Any]:
        """Compare the cuts that each detector finds with the known ones."""
        known = {REAL / name: cuts for name, cuts in KNOWN_CUTS.items()}
        kinds = {"shared/real": known, "assembled": {self.long: self.read("films")["cuts"]}}
        return {
            f"{kind}, {detector}": count_hits(films, detector)
            for kind, films in kinds.items()
            for detector in ("adaptive", "content")
        }

    def agreement(self) -> dict[str, Any]:
        """Compare the detected faces by frame and by clip."""
        more = sorted(self.films.glob("*.mkv")) + sorted(self.films.glob("*.mp4"))
        known = {
            (round(start * 1000), round(end * 1000)): seen
            for (start, end), seen in self.read("plain-faces")["result"]
        }
        films = [self.long, *list_real(), *more]
        compare_films(films, self.folder / "compared", self.seconds, {self.long: known})
        return measure_agreement(self.folder / "compared")

    def workers(self) -> dict[str, Any]:
        """Process several films with one worker and with two.

        The ratio of pure decoding shows what the machine allows.
        """
        films = self.several
        figures = {f"{count}_workers_s": process_in_parallel(films, count) for count in (1, 2)}
        figures |= {f"{count}_decoders_s": decode_in_parallel(films, count) for count in (1, 2)}
        for name in ("workers", "decoders"):
            figures[f"ratio of {name}"] = figures[f"1_{name}_s"] / figures[f"2_{name}_s"]
        return figures

    def read(self, part: str) -> Any:
        """Return the stored figures of a part."""
        return json.loads((self.folder / f"{part}.json").read_text())

    def run(self, part: str) -> None:
        """Run a part, and store its figures."""
        if part != "workers":
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        load_tools()
        work = self.make_films if part == "films" else getattr(self, part.replace("-", "_"))
        figures = work()
        path = self.folder / f"{part}.json"
        figures["runs"] = add_run(json.loads(path.read_text()) if path.exists() else {}, figures)
        path.write_text(json.dumps(figures, indent=1, default=str))
        print(part, {key: value for key, value in figures.items() if key not in LONG})


def main() -> None:
    """Run the chosen parts."""
    parts = [
        *("films", "decode", "plain-scenes", "plain-faces", "plain-cuts", "ours", "ours-encoded"),
        *("cuts", "agreement", "memory", "workers", "report"),
    ]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", nargs="+", choices=parts, default=parts)
    kept = Path(tempfile.gettempdir()) / "libra_emo_benchmark"
    parser.add_argument("--folder", type=Path, default=kept, help="folder for films and figures")
    parser.add_argument("--films", type=Path, default=Path("data/01_raw/films"))
    parser.add_argument("--seconds", type=float, default=1e9, help="start no film after this time")
    parser.add_argument("--json", type=Path, help="file for the figures of all parts run so far")
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
    if options.json:
        stored = sorted(options.folder.glob("*.json"))
        figures = {path.stem: json.loads(path.read_text()) for path in stored}
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
