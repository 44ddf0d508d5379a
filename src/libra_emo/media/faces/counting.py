"""The faces of a scene: in how many frames there is one, where it is, and how many there are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from libra_emo.common.images import spread_evenly
from libra_emo.media.faces.detection import Box, FaceFinder, find_in_small
from libra_emo.media.video.decoding import Frame

COUNTING_SIDE = 640  # maximum longest side of the pictures in which faces are counted
COUNTING_FACE_PIXELS = 120  # maximum height of the largest face in these pictures


@dataclass(frozen=True)
class FacePosition:
    """The position of the largest face in a frame.

    Attributes:
        time_ms: Container time of the frame.
        box: Box of the face, in pixels.
        size: Width and height of the frame, in pixels.
    """

    time_ms: int
    box: Box
    size: tuple[int, int]

    def relative(self) -> list[float]:
        """Return top, right, bottom and left relative to the height and width of the frame."""
        width, height = self.size
        edges = zip(self.box, (height, width, height, width), strict=True)
        return [round(edge / length, 4) for edge, length in edges]


@dataclass(frozen=True)
class FaceCount:
    """In how many of the sampled frames a face was found, until the result was certain.

    Attributes:
        sampled: Number of sampled frames of the scene.
        with_face: Number of examined frames with a face.
        settled_ms: Container time of the frame without a face that made the required share
            impossible; None if there is no such frame.
        enough: Whether the share of frames with a face is sufficient.
        track: Largest face of each frame that has one.
        counts: Container time and number of faces of the frames in which faces were counted.
    """

    sampled: int
    with_face: int
    settled_ms: int | None
    enough: bool
    track: tuple[FacePosition, ...] = ()
    counts: tuple[tuple[int, int], ...] = ()

    @property
    def most(self) -> int:
        """Largest number of faces in one frame."""
        return max((number for _, number in self.counts), default=min(1, self.with_face))

    def track_as_json(self, start_ms: int) -> str:
        """Return the track as `[[seconds from the start, top, right, bottom, left], …]`."""
        rows = [[(face.time_ms - start_ms) / 1000, *face.relative()] for face in self.track]
        return json.dumps(rows)

    def counts_as_json(self, start_ms: int) -> str:
        """Return the numbers of faces as `[[seconds from the start, number], …]`."""
        return json.dumps([[(time - start_ms) / 1000, number] for time, number in self.counts])


def count_faces(
    frames: Sequence[Frame], finder: FaceFinder, min_ratio: float, counted_frames: int = 0
) -> FaceCount:
    """Detect a face in each frame, and stop as soon as the share cannot be sufficient any more.

    If the share is sufficient, all faces of a few frames are counted. This is done in a reduced
    picture of the whole frame. It finds faces of at least two thirds of the largest face's size,
    and no face below an eighth of a wide picture's longest side. The number is at least 1, since
    the largest face is known.

    Args:
        frames: Sampled frames of one scene, in order.
        finder: Face finder; it is reset, because a new scene begins.
        min_ratio: Share of frames that frames with a face must exceed.
        counted_frames: Number of evenly spread frames in which all faces are counted.
    """
    finder.reset()
    track: list[FacePosition] = []
    for examined, frame in enumerate(frames, start=1):
        boxes = finder.find(frame.to_array())
        if boxes:
            size = frame.picture.width, frame.picture.height
            track.append(FacePosition(frame.time_ms, boxes[0], size))
        elif len(track) + len(frames) - examined <= min_ratio * len(frames):
            return FaceCount(len(frames), len(track), frame.time_ms, False, tuple(track))
    if not len(track) > min_ratio * len(frames):
        return FaceCount(len(frames), len(track), None, False, tuple(track))
    counts = _count_all_faces(frames, track, counted_frames)
    return FaceCount(len(frames), len(track), None, True, tuple(track), counts)


def _count_all_faces(
    frames: Sequence[Frame], track: list[FacePosition], counted_frames: int
) -> tuple[tuple[int, int], ...]:
    """Return time and number of faces of some frames, evenly spread over those with a face."""
    shown = {frame.time_ms: frame for frame in frames}
    counts = []
    for index in spread_evenly(len(track), counted_frames):
        face = track[index]
        side = min(COUNTING_SIDE, max(face.size) * COUNTING_FACE_PIXELS / face.box.height)
        found = find_in_small(shown[face.time_ms].to_array(), round(side))
        counts.append((face.time_ms, max(1, len(found))))
    return tuple(counts)
