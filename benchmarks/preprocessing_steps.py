"""The timing of the steps of the preprocessing."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

NEAR_SECONDS = 0.06


def load_tools() -> None:
    """Load packages that are imported lazily, so that no measurement includes their import."""
    import numpy as np
    import scenedetect  # noqa: F401

    from libra_emo.media.faces.detection import load_face_recognition
    from libra_emo.media.films import process  # noqa: F401

    load_face_recognition().face_locations(np.zeros((64, 64, 3), np.uint8))


def measure(work: Callable[[], Any]) -> dict[str, Any]:
    """Return the wall clock and CPU seconds of a function, its result, and the peak memory.

    The CPU seconds include those of child processes that have ended.
    """
    wall, cpu = time.perf_counter(), _cpu_seconds()
    result = work()
    return {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": _cpu_seconds() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "result": result,
    }


def measure_ours(film: Path, folder: Path, options: dict[str, Any]) -> dict[str, Any]:
    """Process a film, and return the times of each step and the scenes that were kept."""
    import tarfile
    from collections import Counter, defaultdict

    from libra_emo.media.clips import cutting
    from libra_emo.media.films import process
    from libra_emo.media.films.sources_table import describe_film
    from libra_emo.media.options import PreprocessingOptions
    from libra_emo.media.sources import Film

    steps: defaultdict[str, float] = defaultdict(float)

    def timed(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **named: Any) -> Any:
            begun, used = time.perf_counter(), _cpu_seconds()
            try:
                return work(*args, **named)
            finally:
                steps[f"{name}_s"] += time.perf_counter() - begun
                steps[f"{name}_cpu_s"] += _cpu_seconds() - used

        return run

    process.count_faces = timed("faces", process.count_faces)
    process.cut_scenes_out = timed("cutting", process.cut_scenes_out)
    cutting.ClipWriter.add_packets = _counted(steps, cutting.ClipWriter.add_packets)
    source = describe_film(Film(film, {}))
    folders = folder / "clips", folder / "shards"
    chosen = PreprocessingOptions(**options)
    figures = measure(lambda: process.process_film(source, chosen, *folders))
    result = figures.pop("result")
    figures.update(steps)
    figures["copied"] = int(steps["copied"])
    for whole, ending in (("wall_s", "_s"), ("cpu_s", "_cpu_s")):
        others = figures[f"faces{ending}"] + figures[f"cutting{ending}"]
        figures[f"scenes{ending}"] = figures[whole] - others
    figures["outcomes"] = Counter(row["outcome"] for row in result.ledger)
    figures["kept"] = [(row["start_s"], row["end_s"]) for row in result.candidates]
    with tarfile.open(folder / "shards" / str(result.shard)) as shard:
        figures["in the shard"] = len(shard.getmembers())
    return figures


def _cpu_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _counted(steps: Any, work: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any) -> Any:
        steps["copied"] += 1
        return work(*args)

    return run


def count_hits(films: dict[Path, list[float]], detector: str) -> dict[str, Any]:
    """Return precision and recall of the cuts that a detector finds."""
    from libra_emo.media.options import PreprocessingOptions
    from libra_emo.media.video.scenes import detect_scenes

    hits = found = 0
    for film, cuts in films.items():
        scenes = detect_scenes(film, PreprocessingOptions(detector=detector))
        starts = [scene.start_s for scene in scenes[1:]]
        found += len(starts)
        hits += sum(any(abs(start - cut) < NEAR_SECONDS for start in starts) for cut in cuts)
    known = sum(map(len, films.values()))
    return {"known": known, "found": found, "precision": hits / found, "recall": hits / known}


def count_frames(film: Path) -> int:
    """Decode a film on one thread, and return the number of its frames."""
    import av

    with av.open(str(film)) as container:
        container.streams.video[0].codec_context.thread_count = 1
        return sum(1 for _ in container.decode(video=0))


def process_in_parallel(films: list[Path], workers: int) -> float:
    """Return the seconds in which some workers process the films, including their start."""
    from libra_emo.media.films.process import process_film
    from libra_emo.media.films.sources_table import describe_film
    from libra_emo.media.options import PreprocessingOptions
    from libra_emo.media.sources import Film

    sources = [describe_film(Film(film, {})) for film in films]
    with tempfile.TemporaryDirectory() as made:
        folders = {"clips_folder": Path(made) / "clips", "shards_folder": Path(made) / "shards"}
        work = partial(process_film, options=PreprocessingOptions(), **folders)
        return _time_all(work, sources, workers)


def decode_in_parallel(films: list[Path], workers: int) -> float:
    """Return the seconds in which some workers decode the films, which is the limit."""
    return _time_all(count_frames, films, workers)


def _time_all(work: Callable[[Any], Any], items: list[Any], workers: int) -> float:
    from libra_emo.execution.executors import open_executor

    begun = time.perf_counter()
    with open_executor(f"local:{workers}") as pool:
        for future in [pool.submit(work, item) for item in items]:
            future.result()
    return time.perf_counter() - begun
