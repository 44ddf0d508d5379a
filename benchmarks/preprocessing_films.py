"""Films for the preprocessing benchmark, assembled from the real films in shared/real."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

REAL = Path(__file__).parents[1].parent / "shared" / "real" / "videos"
SUBTITLES = ".en.srt"
RATE = 25
HERTZ = 44_100
HEADS = {  # films of one person, and the seconds in which the person is visible
    "liveportrait_s18.mp4": 9.4,
    "liveportrait_d10.mp4": 14.9,
    "WolfgangLanger_Pexels.mp4": 19.6,
    "liveportrait_d12.mp4": 7.2,
    "liveportrait_s32.mp4": 6.0,
    "liveportrait_d14.mp4": 17.8,
    "chaplin.mp4": 9.6,
}
EMPTY = {"big_buck_bunny_0_30.webm": 29.0, "nasa_13013.mp4": 5.0, "no_face.mp4": 3.9}


@dataclass(frozen=True)
class Shot:
    """A part of a real film, and its appearance.

    Attributes:
        name: File name of the film.
        start_s: Start of the part.
        seconds: Length of the part.
        share: Height of the picture relative to the frame; the rest shows a blurred cartoon.
        mirrored: Whether the picture is mirrored horizontally.
        light: Factor of the brightness.
    """

    name: str
    start_s: float
    seconds: float
    share: float
    mirrored: bool
    light: float


def list_real() -> list[Path]:
    """Return the real films."""
    return sorted(
        path for path in REAL.iterdir() if path.suffix in {".mp4", ".mov", ".mkv", ".webm"}
    )


def plan_shots(seconds: float, seed: int) -> list[Shot]:
    """Return shots of so many seconds together: mostly one person in 3.2 to 9.6 s.

    Every eighth shows nobody, every tenth is too short for a clip, a third is shown at half size
    or less.
    """
    random = np.random.default_rng(seed)
    shots: list[Shot] = []
    left, number = seconds, 0
    names, empty = list(HEADS), list(EMPTY)
    while left > 1 / RATE:
        number += 1
        pool = EMPTY if number % 8 == 0 else HEADS
        name = empty[number // 8 % 3] if pool is EMPTY else names[number % len(names)]
        longest = min(9.6, pool[name])
        wanted = 2.2 if number % 10 == 0 else random.uniform(min(3.2, longest), longest)
        length = round(min(wanted, left) * RATE) / RATE
        start = round(random.uniform(0, pool[name] - length), 2)
        share = float(random.choice([1.0, 1.0, 0.75, 0.5, 0.4]))
        light = float(random.choice([1.0, 1.0, 0.8, 0.6]))
        shots.append(Shot(name, start, length, share, bool(random.integers(2)), light))
        left -= length
    return shots


def assemble(path: Path, shots: list[Shot], size: tuple[int, int]) -> list[float]:
    """Write a film of shots with x264's default keyframes, and a subtitle for each shot.

    Returns:
        Times of the cuts in seconds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}")
    with av.open(str(unfinished), "w", "mp4") as container:
        video = container.add_stream("libx264", rate=RATE)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.options = {"preset": "veryfast", "crf": "21"}
        audio = container.add_stream("aac", rate=HERTZ, layout="mono")
        number, ends = 0, [0.0]
        for shot in shots:
            for picture in _pictures(shot, size):
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, RATE)
                container.mux(video.encode(frame))
                number += 1
            ends.append(number / RATE)
            _write_sound(container, audio, shot, round(ends[-2] * HERTZ))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    _write_cues(path.with_suffix(SUBTITLES), ends)
    unfinished.replace(path)
    return ends[1:-1]


def copy_film(film: Path, place: Path) -> None:
    """Copy a film and its subtitles to another path."""
    shutil.copyfile(film, place)
    shutil.copyfile(film.with_suffix(SUBTITLES), place.with_suffix(SUBTITLES))


def repeat_film(path: Path, short: Path, seconds: float) -> None:
    """Write a film of a given length by repeating the packets of a short one."""
    unfinished = path.with_name(f".{path.name}")
    with av.open(str(unfinished), "w", "matroska") as out, av.open(str(short)) as one:
        streams = [out.add_stream_from_template(stream) for stream in one.streams]
        length = one.duration / av.time_base + 0.2  # sound may go on a little longer
        packets = [(p, p.pts, p.dts) for p in one.demux() if p.dts is not None]
        times = int(seconds // length) + 1
        for again in range(times):
            for packet, pts, dts in packets:
                late = round(again * length / packet.time_base)
                copy = av.Packet(bytes(packet))
                copy.pts, copy.dts, copy.time_base = pts + late, dts + late, packet.time_base
                copy.duration, copy.is_keyframe = packet.duration, packet.is_keyframe
                copy.stream = streams[packet.stream.index]
                out.mux_one(copy)
    ends = [again * length + 4 * part for again in range(times) for part in range(int(length // 4))]
    _write_cues(path.with_suffix(SUBTITLES), ends)
    unfinished.replace(path)


def _pictures(shot: Shot, size: tuple[int, int]) -> Iterator[NDArray[np.uint8]]:
    width, height = size
    back = _background(shot, size)
    for picture in _resample(shot):
        scale = shot.share * min(height / picture.shape[0], width / picture.shape[1])
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
        whole = back.copy()
        whole[top : top + small.shape[0], left : left + small.shape[1]] = small
        lit = cv2.convertScaleAbs(whole, alpha=shot.light)
        yield np.ascontiguousarray(lit[:, ::-1] if shot.mirrored else lit)


def _resample(shot: Shot) -> Iterator[NDArray[np.uint8]]:
    """Yield the pictures of a shot, 25 a second."""
    made, total = 0, round(shot.seconds * RATE)
    picture: NDArray[np.uint8] | None = None
    with av.open(str(REAL / shot.name)) as film:
        first = None
        for frame in film.decode(video=0):
            first = frame.time if first is None else first
            due = frame.time - first - shot.start_s
            while picture is not None and made < total and made / RATE < due - 0.001:
                yield picture
                made += 1
            if made >= total:
                return
            if due > -0.2:
                picture = frame.to_ndarray(format="rgb24")
    while made < total and picture is not None:
        yield picture
        made += 1


def _background(shot: Shot, size: tuple[int, int]) -> NDArray[np.uint8]:
    with av.open(str(REAL / "big_buck_bunny_0_30.webm")) as film:
        film.seek(int((shot.start_s * 7 % 29) * av.time_base))
        picture = next(film.decode(video=0)).to_ndarray(format="rgb24")
    small: Any = cv2.resize(picture, (16, 9), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _write_sound(container: Any, stream: Any, shot: Shot, at: int) -> None:
    from libra_emo.media.video.sound import SoundReader

    begin, length = round(shot.start_s * 1000), round(shot.seconds * 1000)
    with SoundReader(REAL / shot.name) as reader:
        sound = reader.read(begin, begin + length)
    samples = sound.resampled("mono", HERTZ, round(shot.seconds * HERTZ))
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = HERTZ, at, Fraction(1, HERTZ)
    container.mux(stream.encode(frame))


def _write_cues(path: Path, ends: list[float]) -> None:
    lines = []
    for number, (start, end) in enumerate(itertools.pairwise(ends), start=1):
        begin, stop = _stamp(start + 0.3), _stamp(max(start + 0.6, end - 0.3))
        lines.append(f"{number}\n{begin} --> {stop}\nThese are the words of shot {number}.\n")
    path.write_text("\n".join(lines), encoding="utf-8")


def _stamp(seconds: float) -> str:
    whole = round(seconds * 1000)
    hours, minutes = divmod(whole // 60_000, 60)
    return f"{hours:02d}:{minutes:02d}:{whole // 1000 % 60:02d},{whole % 1000:03d}"
