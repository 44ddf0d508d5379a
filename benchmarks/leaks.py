"""Measures which re-encoded moments of real films the search for leaks finds, and which it invents.

    python benchmarks/leaks.py FILM … [--json FILE]

Every four seconds a moment of each film stands for a clip of the bench. The pool holds the same
moment, changed in one way, with other words; what is found of it is the share of leaks found. The
moments of all other films stand for clips that are no leaks.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from libra_emo.leakage.search import find_leaks
from libra_emo.media.shards import ClipData, ShardReader, ShardWriter

RATE = 16_000
SECONDS, EVERY_S, FRAMES, LATER_S = 4.0, 4.0, 16, 0.7
Picture = NDArray[np.uint8]
Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Film:
    """A decoded film: frames, their times in seconds, and mono sound."""

    name: str
    frames: list[Picture]
    times: NDArray[np.float64]
    sound: Sound

    def moment(self, start: float) -> tuple[list[Picture], Sound]:
        """Return the frames and the sound of the seconds from `start` on."""
        times = start + (np.arange(FRAMES) + 0.5) * SECONDS / FRAMES
        places = np.minimum(np.searchsorted(self.times, times), len(self.frames) - 1)
        sound = self.sound[int(start * RATE) : int((start + SECONDS) * RATE)]
        return [self.frames[place] for place in places], sound


def main() -> None:
    """Print the share of leaks found for each change, and the leaks between unlike films."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("films", nargs="+", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    films = [read_film(path) for path in options.films]
    figures: dict[str, object] = {"films": len(films)}
    found = {name: measure(films, change, later) for name, (change, later) in CHANGES.items()}
    figures |= {"moments": found["same"][1], "found": {k: hit / n for k, (hit, n) in found.items()}}
    began = time.process_time()
    invented, pairs = count_invented(films)
    figures |= {"invented": invented, "pairs_of_films": pairs}
    figures["seconds_of_unlike_films"] = time.process_time() - began
    for name, (hits, moments) in found.items():
        print(f"{name:32} {hits} of {moments} found")
    print(f"{invented} leaks between the {pairs} pairs of unlike films")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def read_film(path: Path) -> Film:
    """Return a film, its frames at most 480 pixels wide."""
    frames, times, sound = [], [], []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            width = min(480, frame.width)
            height = max(2, round(frame.height * width / frame.width))
            frames.append(frame.to_ndarray(format="rgb24", width=width, height=height))
            times.append(float(frame.time or 0.0))
    with av.open(str(path)) as container:
        if container.streams.audio:
            resampler = av.AudioResampler("flt", "mono", RATE)
            for part in container.decode(audio=0):
                sound += [piece.to_ndarray()[0] for piece in resampler.resample(part)]
    silence = np.zeros(int((times[-1] + SECONDS) * RATE), dtype=np.float32)
    return Film(path.stem, frames, np.array(times), np.concatenate(sound) if sound else silence)


def measure(films: list[Film], change: Callable[..., tuple], later: float) -> tuple[int, int]:
    """Return how many changed moments are found, and how many there are."""
    hits = moments = 0
    for film in films:
        starts = list(np.arange(0, max(0.1, film.times[-1] - SECONDS - LATER_S), EVERY_S))
        with tempfile.TemporaryDirectory() as folder:
            bench = write(Path(folder), film, "held", starts, keep)
            pool = write(Path(folder), film, "free", [start + later for start in starts], change)
            sources = pd.DataFrame({"source_id": ["held", "free"], "sha256": ["1", "2"]})
            leaks = find_leaks(bench, pool, sources, ShardReader(Path(folder)))
        own = leaks["clip_id"].str[4:] == leaks["bench_clip"].str[4:]
        hits, moments = hits + int(own.sum()), moments + len(starts)
    return hits, moments


def count_invented(films: list[Film]) -> tuple[int, int]:
    """Return how many leaks are seen between different films, and how many pairs of films."""
    invented = pairs = 0
    for place, film in enumerate(films):
        for other in films[place + 1 :]:
            with tempfile.TemporaryDirectory() as folder:
                tables = [
                    write(Path(folder), one, name, list(np.arange(0, one.times[-1] - 1, 2.0)), keep)
                    for one, name in ((film, "held"), (other, "free"))
                ]
                sources = pd.DataFrame({"source_id": ["held", "free"], "sha256": ["1", "2"]})
                invented += len(find_leaks(*tables, sources, ShardReader(Path(folder))))
            pairs += 1
    return invented, pairs


def write(
    folder: Path, film: Film, name: str, starts: list[float], change: Callable[..., tuple]
) -> pd.DataFrame:
    """Write a shard of changed moments, and return its table of clips."""
    rows = []
    with ShardWriter(folder, name) as shard:
        for number, start in enumerate(starts):
            frames, sound = change(*film.moment(start))
            clip_id = f"{name}{number:04d}"
            shard.add(ClipData(clip_id, frames, [0.0] * len(frames), sound, RATE))
            rows.append((clip_id, name, start, start + SECONDS, f"{name} says line {number}"))
    return pd.DataFrame(rows, columns=["clip_id", "source_id", "start_s", "end_s", "subtitle"])


def keep(frames: list[Picture], sound: Sound) -> tuple[list[Picture], Sound]:
    """Change nothing."""
    return frames, sound


def encode_again(frames: list[Picture], sound: Sound) -> tuple[list[Picture], Sound]:
    """Return half-size JPEGs of low quality, and MP3 at 32 kbit/s of half the loudness."""
    smaller = [cv2.resize(frame, None, fx=0.5, fy=0.5) for frame in frames]
    coded = [cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 35])[1] for frame in smaller]
    return [cv2.imdecode(code, cv2.IMREAD_COLOR) for code in coded], _as_mp3(0.5 * sound)


def brighten(frames: list[Picture], sound: Sound) -> tuple[list[Picture], Sound]:
    """Return brighter frames of more contrast, and a sound with noise at a tenth of its power."""
    noise = np.random.default_rng(1).normal(0, 0.1 * np.sqrt((sound**2).mean()), len(sound))
    brighter = [cv2.convertScaleAbs(frame, alpha=1.15, beta=10) for frame in frames]
    return brighter, (sound + noise).astype(np.float32)


def crop(frames: list[Picture], sound: Sound) -> tuple[list[Picture], Sound]:
    """Return frames without their outer six hundredths."""
    height, width = frames[0].shape[:2]
    top, left = round(0.06 * height), round(0.06 * width)
    return [frame[top : height - top, left : width - left] for frame in frames], sound


def add_bars(frames: list[Picture], sound: Sound) -> tuple[list[Picture], Sound]:
    """Return frames with black bars above and below."""
    bar = frames[0].shape[0] // 8
    black = cv2.BORDER_CONSTANT
    return [cv2.copyMakeBorder(frame, bar, bar, 0, 0, black) for frame in frames], sound


def mute(frames: list[Picture], sound: Sound) -> tuple[list[Picture], Sound]:
    """Return the frames without the sound."""
    return frames, np.zeros_like(sound)


def _as_mp3(sound: Sound) -> Sound:
    if not sound.any():
        return sound
    file, pieces = io.BytesIO(), []
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=RATE)
        stream.bit_rate = 32_000
        frame = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
        frame.sample_rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    file.seek(0)
    with av.open(file) as container:
        resampler = av.AudioResampler("flt", "mono", RATE)
        for part in container.decode(audio=0):
            pieces += [piece.to_ndarray()[0] for piece in resampler.resample(part)]
    return np.concatenate(pieces)


CHANGES = {
    "same": (keep, 0.0),
    "encoded again, small": (encode_again, 0.0),
    "encoded again, 0.7 s later": (encode_again, LATER_S),
    "brighter, with noise": (brighten, 0.0),
    "cropped by 6 % a side": (crop, 0.0),
    "with black bars, 0.7 s later": (add_bars, LATER_S),
    "without sound": (mute, 0.0),
    "without sound, 0.7 s later": (mute, LATER_S),
}

if __name__ == "__main__":
    main()
