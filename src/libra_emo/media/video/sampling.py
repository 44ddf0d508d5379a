"""The frames of a scene in which faces are looked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.video.frames import FilmReader, Frame, FramePicker, UnreadableFilm
from libra_emo.media.video.scenes import CutFinder, Scene, follow_scenes

Sampled = tuple[Scene, list[Frame]]


def sample_scenes(reader: FilmReader, options: PreprocessingOptions) -> Iterator[Sampled]:
    """Yield the film's scenes with the frames in which to look for faces, in one decoding.

    The frames are those at the scene's start and every third of a second after it (by default)
    that comes before its end. Beyond the longest scene allowed none are kept, so memory does not
    grow with a scene's length.

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


def sample_pieces(
    reader: FilmReader, scene: Scene, cuts_ms: list[int], options: PreprocessingOptions
) -> Iterator[Sampled]:
    """Yield the pieces of a scene with their frames to look at, as `sample_scenes` does.

    The scene is decoded once more for it. A piece begins with the first frame at or after its
    cut, so that pieces are cut to the frame as scenes are.

    Args:
        reader: The film.
        scene: One of its scenes.
        cuts_ms: Where to cut it, in ascending order.
        options: How often frames are looked at.
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
) -> Iterator[Sampled]:
    """Yield each span of frames that are tagged with one start; the last ends at `end_ms`."""
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
    if waiting is not None:
        yield _close(*waiting, end_ms(), step_ms)


def _close(start_ms: int, frames: list[Frame], end_ms: int, step_ms: float) -> Sampled:
    # both ends were rounded to the millisecond: a frame due within one of the end is the next's
    due = sum(1 for number in range(len(frames)) if number * step_ms < end_ms - start_ms - 1)
    return Scene(start_ms, end_ms), frames[:due]
