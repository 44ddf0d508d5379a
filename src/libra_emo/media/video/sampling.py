"""The frames of a scene in which faces are detected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.video.decoding import Frame
from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.opening import UnreadableFilm
from libra_emo.media.video.picking import FramePicker
from libra_emo.media.video.scenes import CutFinder, Scene, follow_scenes

SampledScene = tuple[Scene, list[Frame]]


def sample_scenes(reader: FilmReader, options: PreprocessingOptions) -> Iterator[SampledScene]:
    """Yield the scenes of a film, each with the frames for face detection; decode the film once.

    The frames are taken at the start of the scene and every third of a second (by default) until
    its end. No frames are kept beyond the maximum length of a scene, so that memory does not grow
    with the length.

    Raises:
        UnreadableFilm: If no picture of the film can be decoded.
    """
    tagged = follow_scenes(reader.frames(), CutFinder(options, reader.rate))
    empty = True
    for sampled in _sample(tagged, lambda: reader.end_ms, options):
        empty = False
        yield sampled
    if empty:
        raise UnreadableFilm(f"{reader.path.name}: no picture of it can be decoded")


def sample_split_scene(
    reader: FilmReader, scene: Scene, cuts_ms: list[int], options: PreprocessingOptions
) -> Iterator[SampledScene]:
    """Yield the parts of a scene, each with the frames for face detection.

    The scene is decoded once more. A part begins with the first frame at or after its cut, so that
    parts begin and end at frames as scenes do.

    Args:
        reader: Reader of the film.
        scene: Scene of the film.
        cuts_ms: Times at which the scene is split, ascending.
        options: Options that give the number of frames a second.
    """
    frames = reader.frames(scene.start_ms, scene.end_ms)
    tagged = _follow_cuts(frames, scene.start_ms, cuts_ms)
    yield from _sample(tagged, lambda: scene.end_ms, options)


def _follow_cuts(
    frames: Iterable[Frame], start_ms: int, cuts_ms: list[int]
) -> Iterator[tuple[int, Frame]]:
    waiting = list(reversed(cuts_ms))
    for number, frame in enumerate(frames):
        while waiting and waiting[-1] <= frame.time_ms:
            waiting.pop()
            start_ms = frame.time_ms if number else start_ms
        yield start_ms, frame


def _sample(
    tagged: Iterable[tuple[int, Frame]], end_ms: Callable[[], int], options: PreprocessingOptions
) -> Iterator[SampledScene]:
    """Yield each group of frames that are tagged with one start; the last ends at `end_ms`."""
    step_ms = 1000 / options.faces_per_second
    most = int(options.max_scene_seconds * options.faces_per_second) + 1
    pending: tuple[int, list[Frame]] | None = None
    for start_ms, group in groupby(tagged, key=itemgetter(0)):
        if pending is not None:
            yield _close(*pending, start_ms, step_ms)
        picker: FramePicker[Frame] = FramePicker(
            [start_ms + number * step_ms for number in range(most)]
        )
        for _, frame in group:
            picker.push(frame)
        pending = start_ms, picker.finish()
    if pending is not None:
        yield _close(*pending, end_ms(), step_ms)


def _close(start_ms: int, frames: list[Frame], end_ms: int, step_ms: float) -> SampledScene:
    # both ends are rounded to milliseconds: a frame due within 1 ms of the end is in the next scene
    due = sum(1 for number in range(len(frames)) if number * step_ms < end_ms - start_ms - 1)
    return Scene(start_ms, end_ms), frames[:due]
