"""Scenes: the spans between the cuts of a film, which PySceneDetect finds."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.video.cuts.scores import FrameScores
from libra_emo.media.video.cuts.shrinking import Shrinker
from libra_emo.media.video.decoding import Frame
from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.opening import UnreadableFilm, to_ms


@dataclass(frozen=True, order=True)
class Scene:
    """A span of a film in milliseconds of container time; its end belongs to the next scene."""

    start_ms: int
    end_ms: int

    @property
    def start_s(self) -> float:
        """Start in seconds."""
        return self.start_ms / 1000

    @property
    def end_s(self) -> float:
        """End in seconds."""
        return self.end_ms / 1000

    @property
    def length_ms(self) -> int:
        """Length in milliseconds."""
        return self.end_ms - self.start_ms


class CutFinder:
    """Finds cuts with a detector of PySceneDetect, to which frames are given one by one.

    Attributes:
        delay: Number of frames after a cut that the detector may need to find it.

    Args:
        options: Kind of detector, and its thresholds.
        rate: Frame rate of the film.
    """

    def __init__(self, options: PreprocessingOptions, rate: Fraction) -> None:
        from scenedetect import AdaptiveDetector, ContentDetector

        if options.detector == "adaptive":
            self._detector = AdaptiveDetector(
                adaptive_threshold=options.adaptive_threshold,
                min_scene_len=options.min_cut_gap_frames,
            )
        else:
            self._detector = ContentDetector(
                threshold=options.content_threshold, min_scene_len=options.min_cut_gap_frames
            )
        # in the place of the detector's own method, which takes three times as long
        self._detector.__dict__["_calculate_frame_score"] = FrameScores().score
        self.delay: int = self._detector.event_buffer_length
        self._rate = rate
        self._first_pts: int | None = None
        self._shrinker: Shrinker | None = None

    def push(self, frame: Frame) -> list[int]:
        """Take the next frame, and return the times in ms of the cuts that are now found."""
        from scenedetect import FrameTimecode
        from scenedetect.common import Timecode

        pts = frame.picture.pts
        if self._first_pts is None or self._shrinker is None:
            self._first_pts = pts
            self._shrinker = Shrinker(frame.picture)
        time = Timecode(pts=pts - self._first_pts, time_base=frame.time_base)
        cuts = self._detector.process_frame(
            FrameTimecode(time, fps=self._rate), self._shrinker.shrink(frame.picture)
        )
        return [to_ms(cut.pts + self._first_pts, frame.time_base) for cut in cuts]


def follow_scenes(frames: Iterable[Frame], finder: CutFinder) -> Iterator[tuple[int, Frame]]:
    """Yield each frame with the start of its scene in milliseconds.

    A frame is held back until it is certain whether a cut lies before it. The first scene starts at
    0, even if the picture starts later.
    """
    held: deque[Frame] = deque()
    cuts: deque[int] = deque()
    start = 0
    for frame in frames:
        held.append(frame)
        cuts.extend(finder.push(frame))
        while len(held) > finder.delay:
            start = _start_of(held[0], start, cuts)
            yield start, held.popleft()
    for frame in held:
        start = _start_of(frame, start, cuts)
        yield start, frame


def detect_scenes(path: Path, options: PreprocessingOptions) -> list[Scene]:
    """Return the scenes of a film, which tile it from 0 to the end of its picture.

    Raises:
        UnreadableFilm: If no picture of the film can be decoded.
    """
    with FilmReader(path) as reader:
        finder = CutFinder(options, reader.rate)
        starts = sorted({start for start, _ in follow_scenes(reader.frames(), finder)})
        if not starts:
            raise UnreadableFilm(f"{path.name}: no picture of it can be decoded")
        return [Scene(*span) for span in zip(starts, [*starts[1:], reader.end_ms], strict=True)]


def _start_of(frame: Frame, start: int, cuts: deque[int]) -> int:
    while cuts and cuts[0] <= frame.time_ms:
        start = max(start, cuts.popleft())
    return start
