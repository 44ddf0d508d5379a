"""Measures a release: its time, its memory and its size, and those of its check.

    python benchmarks/release.py --json FILE [--clips 65000] [--films 385] [--kilobytes 2]

The tables are those of a run with as many clips: three voters, rounds 0 to 4 in which people label
two fifths of the clips (four answers each), and a bench of one film in a hundred (eight answers).
The files of a clip are small and made here: what grows with their size is reading, cleaning and
digesting bytes; `cleaning_mb_s` is the speed of cleaning. Each step runs in a process of its own,
so that its memory is that of the step alone.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import struct
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from libra_emo.publication.building import ReleaseParts, build_release
from libra_emo.publication.checking.check import check_release
from libra_emo.publication.checking.traces import Traces
from libra_emo.publication.options import PublicationOptions
from libra_emo.publication.release.agents import tabulate_votes
from libra_emo.publication.release.cleaning import clean_mp4
from libra_emo.publication.release.films import list_films
from libra_emo.publication.release.tables import RunTables, tabulate
from libra_emo.taxonomy import read_taxonomy

SEED = 20250101
ROUNDS = 5
BENCH_SHARE = 100
LABELS = np.array(read_taxonomy().labels)
NAMES = tuple(f"Person Number {number:02d}" for number in range(12))


class MadeFiles:
    """Files of clips of one size; a clip's id is in them, so that none is like another.

    Args:
        kilobytes: Size of a video.
    """

    def __init__(self, kilobytes: int) -> None:
        self._noise = np.random.default_rng(SEED).bytes(1024 * kilobytes)

    def video(self, clip_id: str) -> bytes:
        """Return an MP4 file, as far as nobody decodes it."""
        moov = _box(b"moov", _box(b"mvhd", bytes(100)) + _box(b"udta", b"a title"))
        media = _box(b"mdat", clip_id.encode() + self._noise)
        return _box(b"ftyp", b"isom" + bytes(4)) + moov + media

    def audio(self, clip_id: str) -> bytes:
        """Return a FLAC file, as far as nobody decodes it."""
        stream = b"\x80" + (34).to_bytes(3, "big") + bytes(34)
        return b"fLaC" + stream + clip_id.encode() + self._noise[: len(self._noise) // 2]


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def make_parts(clips: int, films: int) -> ReleaseParts:
    """Return the parts of a release of as many clips and films."""
    draw = np.random.default_rng(SEED)
    names = np.array([f"film-{number:04d}-{number:08x}" for number in range(films)])
    digests = [f"{number:064x}" for number in range(films)]
    bench = np.arange(films) % BENCH_SHARE == 0
    film = np.sort(draw.integers(films, size=clips))
    ids = np.array([f"{names[f]}-{n:08d}-{n + 4000:08d}" for n, f in enumerate(film)])
    labels = pd.DataFrame({"clip_id": ids, "label": LABELS[draw.integers(13, size=clips)]})
    labels = labels.assign(origin="people", support=2, votes=4, round=1)
    in_bench = bench[film]
    candidates = pd.DataFrame({"clip_id": ids, "source_id": names[film], "subtitle": "Some words."})
    candidates = candidates.assign(start_s=1.0, end_s=5.0, duration_s=4.0, language="en")
    sources = pd.DataFrame({"source_id": names, "sha256": digests, "title": names, "author": "A."})
    sources = sources.assign(license="CC-BY-4.0", language="en", theme="drama")
    sources["url"] = "https://films.example.org/" + sources["source_id"]
    split = pd.DataFrame({"sha256": digests, "side": np.where(bench, "bench", "pool")})
    readings = pd.DataFrame(columns=["sha256", "license_text", "read_on", "held"])
    listed, held = list_films(sources, split, readings)
    pool = labels[~in_bench].reset_index(drop=True)
    test = labels[in_bench].reset_index(drop=True)
    run = RunTables(
        candidates=candidates,
        rounds=(pool,) * ROUNDS,
        labels=pool,
        bench_labels=test,
        soft_labels=pd.DataFrame({f"p_{name}": 1 / 13 for name in LABELS}, index=pool.index).assign(
            clip_id=pool["clip_id"]
        ),
        label_history=pool[["clip_id", "round"]].assign(
            old_label=None, new_label=pool["label"], reason="first", decided_by="people"
        ),
        dropped={"bench": pd.DataFrame({"clip_id": ids[:1], "reason": "other"})},
        explanations=pool[["clip_id", "label"]].assign(
            explanation="It shows in the face.", writer="cues", status="ok"
        ),
        bench_predictions=test[["clip_id"]].assign(
            model="student", modalities="VAT", truth=test["label"], predicted="happy"
        ),
    )
    votes = tabulate_votes(_people(draw, pool, test), _machines(draw, ids), _pseudonyms())
    reason = {"annotators": "people", "certificate": None, "reason": "none", "round": 4}
    return ReleaseParts(tabulate(run, votes, listed), held, reason, read_taxonomy())


def _people(draw: np.random.Generator, pool: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for name, clips, votes, share in [("bench", test, 8, 1.0)] + [
        (f"round_{number}", pool, 4, 0.4) for number in range(ROUNDS)
    ]:
        asked = clips["clip_id"].to_numpy()[draw.random(len(clips)) < share]
        answers = LABELS[draw.integers(13, size=votes * len(asked))]
        who = np.tile(np.array(NAMES[:votes]), len(asked))
        table = pd.DataFrame({"clip_id": np.repeat(asked, votes), "annotator": who})
        parts.append(table.assign(campaign=name, label=answers, voted_at="2026-01-01", seconds=4.0))
    return pd.concat(parts, ignore_index=True)


def _machines(draw: np.random.Generator, ids: np.ndarray) -> pd.DataFrame:
    table = pd.DataFrame(
        {"clip_id": np.repeat(ids, 3), "voter": np.tile(["a", "b", "c"], len(ids))}
    )
    return table.assign(label=LABELS[draw.integers(13, size=len(table))], status="ok")


def _pseudonyms() -> dict[str, str]:
    return {name: f"annotator-{number:010x}" for number, name in enumerate(NAMES)}


def build(folder: Path, clips: int, films: int, kilobytes: int) -> dict[str, float]:
    """Build a release, and return what that took."""
    parts = make_parts(clips, films)
    begun, cpu = time.perf_counter(), time.process_time()
    options, traces = PublicationOptions(), Traces(names=NAMES)
    build_release(parts, MadeFiles(kilobytes), options, traces, folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {**_measure("build", begun, cpu), "size_mb": size / 1e6}


def check(folder: Path) -> dict[str, float]:
    """Check a release, and return what that took."""
    begun, cpu = time.perf_counter(), time.process_time()
    faults = check_release(folder, Traces(names=NAMES))
    return {**_measure("check", begun, cpu), "faults": len(faults)}


def measure_cleaning() -> dict[str, float]:
    """Return how fast a large clip is cleaned."""
    content = MadeFiles(64 * 1024).video("clip")
    begun = time.process_time()
    clean_mp4(content)
    return {"cleaning_mb_s": len(content) / 1e6 / (time.process_time() - begun)}


def _measure(name: str, begun: float, cpu: float) -> dict[str, float]:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        f"{name}_s": time.perf_counter() - begun,
        f"{name}_cpu_s": time.process_time() - cpu,
        f"{name}_memory_mb": memory,
    }


def _apart(function: Callable[..., dict[str, float]], *arguments: Any) -> dict[str, float]:
    """Return the result of a function in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def main() -> None:
    """Measure, print, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--clips", type=int, default=65_000)
    parser.add_argument("--films", type=int, default=385)
    parser.add_argument("--kilobytes", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "release"
        result: dict[str, Any] = {"clips": options.clips, "films": options.films}
        result |= _apart(build, folder, options.clips, options.films, options.kilobytes)
        result |= _apart(check, folder)
        result |= _apart(measure_cleaning)
    for key, value in result.items():
        print(f"{key:>20}  {value:.2f}" if isinstance(value, float) else f"{key:>20}  {value}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
