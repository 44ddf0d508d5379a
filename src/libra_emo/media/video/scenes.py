"""Scenes: the spans between the cuts of a film, which PySceneDetect finds."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2

from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.video.colour import to_bgr
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
        self._size: tuple[int, int] | None = None

    def push(self, frame: Frame) -> list[int]:
        """Take the next frame, and return the times in ms of the cuts that are now found."""
        from scenedetect import FrameTimecode
        from scenedetect.common import Timecode

        pts = frame.picture.pts
        if self._first_pts is None or self._size is None:
            self._first_pts = pts
            # the detector compares pictures, so their size stays even if that of the film changes
            self._size = _size_for_detector(frame.picture)
        time = Timecode(pts=pts - self._first_pts, time_base=frame.time_base)
        cuts = self._detector.process_frame(
            FrameTimecode(time, fps=self._rate), _shrink(frame, self._size)
        )
        return [to_ms(cut.pts + self._first_pts, frame.time_base) for cut in cuts]


class FrameScores:
    """Scores how much each picture differs from the one before, as PySceneDetect's detectors do."""

    def __init__(self) -> None:
        self._last: cv2.typing.MatLike | None = None

    def score(self, _: Any, picture: cv2.typing.MatLike) -> float:
        """Return the mean difference of hue, saturation and lightness; 0 for the first picture.

        Args:
            _: Time of the picture, which PySceneDetect gives.
            picture: Picture in BGR.
        """
        hsv = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)
        last, self._last = self._last, hsv
        if last is None:
            return 0.0
        pixels = float(hsv.shape[0] * hsv.shape[1])
        hue, saturation, lightness, _ = cv2.sumElems(cv2.absdiff(hsv, last))
        return (hue / pixels + saturation / pixels + lightness / pixels) / 3.0


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


def _shrink(frame: Frame, size: tuple[int, int]) -> cv2.typing.MatLike:
    """Return the picture in BGR at the size for which PySceneDetect's thresholds are made."""
    whole = to_bgr(frame.picture)
    if size == (whole.shape[1], whole.shape[0]):
        return whole
    return cv2.resize(whole, size, interpolation=cv2.INTER_LINEAR)


def _size_for_detector(picture: av.VideoFrame) -> tuple[int, int]:
    from scenedetect.scene_manager import compute_downscale_factor

    factor = max(1, compute_downscale_factor(max(picture.width, picture.height)))
    return max(1, round(picture.width / factor)), max(1, round(picture.height / factor))
