"""In how many of a scene's frames there is a face, where, and how many faces there are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from libra_emo.common.images import spread_evenly
from libra_emo.media.faces.detection import Box, FaceFinder, find_in_small
from libra_emo.media.video.frames import Frame

NUMBER_SIDE = 640  # longest side of the pictures in which faces are numbered
NUMBER_FACE_PIXELS = 120  # height of the largest face there, where that is smaller still


@dataclass(frozen=True)
class FacePlace:
    """Where the largest face is at a moment.

    Attributes:
        time_ms: The frame's container time.
        box: The face, in pixels.
        size: Width and height of the frame, in pixels.
    """

    time_ms: int
    box: Box
    size: tuple[int, int]

    def relative(self) -> list[float]:
        """Return top, right, bottom and left as shares of the frame's height and width."""
        width, height = self.size
        edges = zip(self.box, (height, width, height, width), strict=True)
        return [round(edge / length, 4) for edge, length in edges]


@dataclass(frozen=True)
class FaceCount:
    """In how many of the sampled frames a face was found, until the count was settled.

    Attributes:
        sampled: How many frames the scene has to look at.
        with_face: How many of those looked at have a face.
        settled_ms: Container time of the frame without a face after which the share could not be
            great enough any more; None where it is great enough.
        enough: Whether the share is great enough.
        track: The largest face in each frame that has one.
        numbers: Container time and number of faces of the frames in which they were numbered.
    """

    sampled: int
    with_face: int
    settled_ms: int | None
    enough: bool
    track: tuple[FacePlace, ...] = ()
    numbers: tuple[tuple[int, int], ...] = ()

    @property
    def most(self) -> int:
        """The greatest number of faces that was seen at once."""
        return max((number for _, number in self.numbers), default=min(1, self.with_face))

    def track_as_json(self, start_ms: int) -> str:
        """Return the track as `[[seconds from the start, top, right, bottom, left], …]`."""
        rows = [[(place.time_ms - start_ms) / 1000, *place.relative()] for place in self.track]
        return json.dumps(rows)

    def numbers_as_json(self, start_ms: int) -> str:
        """Return the numbers of faces as `[[seconds from the start, number], …]`."""
        return json.dumps([[(time - start_ms) / 1000, number] for time, number in self.numbers])


def count_faces(
    frames: Sequence[Frame], finder: FaceFinder, min_ratio: float, numbered: int = 0
) -> FaceCount:
    """Look for a face in each frame, and stop as soon as the share cannot be great enough.

    Where it is great enough, the faces of a few frames are numbered too. That looks at the whole
    frame made small, so it counts faces that are about as large as the largest or at least two
    thirds of it, and none that is smaller than an eighth of a wide picture's longest side; the
    answer is never below 1, since the largest face is known.

    Args:
        frames: The frames of one scene to look at, in order.
        finder: Finds faces; it is told that a new scene begins.
        min_ratio: The share of frames with a face must be greater than this.
        numbered: In how many frames, evenly spread, the faces are numbered.
    """
    finder.reset()
    track: list[FacePlace] = []
    for looked_at, frame in enumerate(frames, start=1):
        boxes = finder.find(frame.to_array())
        if boxes:
            size = frame.picture.width, frame.picture.height
            track.append(FacePlace(frame.time_ms, boxes[0], size))
        elif len(track) + len(frames) - looked_at <= min_ratio * len(frames):
            return FaceCount(len(frames), len(track), frame.time_ms, False, tuple(track))
    if not len(track) > min_ratio * len(frames):
        return FaceCount(len(frames), len(track), None, False, tuple(track))
    numbers = _number_faces(frames, track, numbered)
    return FaceCount(len(frames), len(track), None, True, tuple(track), numbers)


def _number_faces(
    frames: Sequence[Frame], track: list[FacePlace], numbered: int
) -> tuple[tuple[int, int], ...]:
    """Return time and number of faces for frames evenly spread over those with a face."""
    shown = {frame.time_ms: frame for frame in frames}
    numbers = []
    for place in (track[position] for position in spread_evenly(len(track), numbered)):
        side = min(NUMBER_SIDE, max(place.size) * NUMBER_FACE_PIXELS / place.box.height)
        found = find_in_small(shown[place.time_ms].to_array(), round(side))
        numbers.append((place.time_ms, max(1, len(found))))
    return tuple(numbers)
