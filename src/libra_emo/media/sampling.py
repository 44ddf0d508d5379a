"""The frames of a scene in which faces are looked for, and in how many there is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from libra_emo.media.faces import FaceFinder
from libra_emo.media.frames import FilmReader, Frame, FramePicker, UnreadableFilm
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.scenes import CutFinder, Scene, follow_scenes


@dataclass(frozen=True)
class FaceCount:
    """In how many of the sampled frames a face was found, until the count was settled.

    Attributes:
        sampled: How many frames the scene has to look at.
        with_face: How many of those looked at have a face.
        first_without_ms: Container time of the first one without; None when all have one.
        enough: Whether the share is great enough.
    """

    sampled: int
    with_face: int
    first_without_ms: int | None
    enough: bool


def sample_scenes(
    reader: FilmReader, options: PreprocessingOptions
) -> Iterator[tuple[Scene, list[Frame]]]:
    """Yield the film's scenes with the frames in which to look for faces, in one decoding.

    The frames are those at the scene's start and every third of a second after it (by default)
    that comes before its end. Beyond the longest scene allowed none are kept, so memory does not
    grow with a scene's length.
    """
    tagged = follow_scenes(reader.frames(), CutFinder(options, reader.rate))
    step_ms = 1000 / options.faces_per_second
    most = int(options.max_scene_seconds * options.faces_per_second) + 1
    waiting: tuple[int, list[Frame]] | None = None
    for start_ms, group in groupby(tagged, key=itemgetter(0)):
        if waiting is not None:
            yield _close(*waiting, start_ms, step_ms)
        picker = FramePicker([start_ms + number * step_ms for number in range(most)])
        for _, frame in group:
            picker.push(frame)
        waiting = start_ms, picker.finish()
    if waiting is None:
        raise UnreadableFilm(f"{reader.path.name}: no picture of it can be decoded")
    yield _close(*waiting, reader.end_ms, step_ms)


def count_faces(frames: list[Frame], finder: FaceFinder, min_ratio: float) -> FaceCount:
    """Look for a face in each frame, and stop as soon as the share cannot be great enough.

    Args:
        frames: The frames of one scene to look at, in order.
        finder: Finds faces; it is told that a new scene begins.
        min_ratio: The share of frames with a face must be greater than this.
    """
    finder.reset()
    with_face, first_without = 0, None
    for looked_at, frame in enumerate(frames, start=1):
        if finder.find(frame.to_array()):
            with_face += 1
            continue
        first_without = frame.time_ms if first_without is None else first_without
        if with_face + len(frames) - looked_at <= min_ratio * len(frames):
            return FaceCount(len(frames), with_face, first_without, enough=False)
    enough = with_face > min_ratio * len(frames)
    return FaceCount(len(frames), with_face, first_without, enough)


def _close(
    start_ms: int, frames: list[Frame], end_ms: int, step_ms: float
) -> tuple[Scene, list[Frame]]:
    # both ends were rounded to the millisecond: a frame due within one of the end is the next's
    due = sum(1 for number in range(len(frames)) if number * step_ms < end_ms - start_ms - 1)
    return Scene(start_ms, end_ms), frames[:due]
