"""Films for the benchmark of the start: copies of one film, and made-up results of cutting them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import av
import numpy as np

from libra_emo.common.digests import digest_file
from libra_emo.media.clips.mp4 import name_clip
from libra_emo.media.films import FetchedFilm
from libra_emo.media.films.clip_ledger import ledger_row
from libra_emo.media.films.measuring import MeasuringTask
from libra_emo.media.films.process import FilmResult
from libra_emo.media.films.sources_table import describe_fetched, make_slug
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.shards.clip_data import ClipData
from libra_emo.media.shards.writer import ShardWriter
from libra_emo.media.video.scenes import Scene

SECONDS, RATE = 4, 10
SIZE = (64, 48)


def write_films(folder: Path, number: int) -> None:
    """Write films of four seconds that differ in a box that no reader looks into."""
    folder.mkdir(parents=True)
    first = folder / "film 0.mp4"
    with av.open(str(first), "w") as film:
        stream = film.add_stream("mpeg4", rate=RATE)
        stream.width, stream.height = SIZE
        for place in range(SECONDS * RATE):
            picture = np.full((SIZE[1], SIZE[0], 3), place, np.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        film.mux(stream.encode())
    content = first.read_bytes()
    for place in range(number):
        own = place.to_bytes(8, "big")
        box = (8 + len(own)).to_bytes(4, "big") + b"free" + own
        path = folder / f"film {place}.mp4"
        path.write_bytes(content + box)
        words = f"1\n00:00:01,000 --> 00:00:02,000\nHello, this is film {place}.\n"
        path.with_suffix(".en.srt").write_text(words, encoding="utf-8")


@contextmanager
def fabricate(allowed: bool = True) -> Iterator[None]:
    """Let films be described, cut and measured without decoding them, in this process.

    Args:
        allowed: Whether any film may be; otherwise one that is not done is an error.
    """
    pipeline = "libra_emo.pipelines.preprocessing"
    made = {
        f"{pipeline}.listing.describe_fetched": describe if allowed else _refuse,
        "libra_emo.media.films.cache.process_film": cut if allowed else _refuse,
        "libra_emo.media.films.measuring.measure_clips": measure if allowed else _refuse,
        f"{pipeline}.listing.open_executor": _open,
        f"{pipeline}.cutting.open_executor": _open,
        f"{pipeline}.nodes.open_executor": _open,
        f"{pipeline}.measuring.open_executor": _open,
        "os.fsync": lambda number: None,
    }
    with ExitStack() as stack:
        for name, function in made.items():
            stack.enter_context(mock.patch(name, function))
        yield


def describe(fetched: FetchedFilm, options: PreprocessingOptions) -> dict[str, Any]:
    """Return the row of a film: that of the first one, with its own names and digests."""
    film = fetched.film.path
    digest, text = digest_file(film), film.with_suffix(".en.srt")
    return {
        **_describe_first(film.parent),
        "source_id": f"{make_slug(film.stem)}-{digest[:8]}",
        "video_path": film.as_posix(),
        "sha256": digest,
        "subtitle_path": text.as_posix(),
        "subtitle_sha256": digest_file(text),
    }


def cut(
    source: Mapping[str, Any], options: PreprocessingOptions, clips: Path, shards: Path
) -> FilmResult:
    """Return a result with one clip, whose files are written."""
    name, scene = str(source["source_id"]), Scene(0, SECONDS * 1000)
    clip = name_clip(name, scene)
    frames = [np.zeros((8, 8, 3), np.uint8)] * 16
    sound = np.zeros(1600, np.float32)
    with ShardWriter(shards, name) as writer:
        writer.add(ClipData(clip, frames, [0.25 * place for place in range(16)], sound, 16_000))
    clips.mkdir(parents=True, exist_ok=True)
    path = clips / f"{clip}.mp4"
    path.write_bytes(os.urandom(512))
    kept = ledger_row(name, "kept", None, scene, clip)
    candidate = {
        "clip_id": clip,
        "source_id": name,
        "start_s": scene.start_s,
        "end_s": scene.end_s,
        "duration_s": float(SECONDS),
        "subtitle": f"Hello, this is {name}.",
        "language": source["language"],
        "frames_sampled": 12,
        "frames_with_face": 12,
        "face_ratio": 1.0,
        "faces_most": 1,
        "face_numbers": "[[0,1],[2000,1]]",
        "face_boxes": str([[place, 10, 40, 40, 10] for place in range(12)]),
        "clip_path": path.as_posix(),
        "cue_cut": False,
        "translations": None,
    }
    return FilmResult(name, [kept], [candidate], f"{name}.tar")


def measure(task: MeasuringTask) -> list[dict[str, Any]]:
    """Return rows of the features with as many columns as real ones have."""
    columns = {f"face_{number}": number / 7 for number in range(30)}
    names = ("clip_id", "source_id", "language", "subtitle")
    return [{**{name: clip[name] for name in names}, **columns} for clip in task.clips]


@cache
def _describe_first(folder: Path) -> dict[str, Any]:
    from libra_emo.media.films.finding import find_films

    (film,) = (one for one in find_films(str(folder)) if one.path.name == "film 0.mp4")
    return describe_fetched(FetchedFilm(film), PreprocessingOptions())


def _refuse(*arguments: Any, **options: Any) -> Any:
    raise SystemExit(f"a film that is done was read again: {arguments[0]}")


@contextmanager
def _open(spec: str, modules: Any = ()) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool
