"""The scores by which PySceneDetect's detectors find cuts, computed without copies of 32 bits."""

from __future__ import annotations

from typing import Any

import cv2


class FrameScores:
    """Scores how much each picture differs from the one before, as PySceneDetect's detectors do."""

    def __init__(self) -> None:
        self._last: cv2.typing.MatLike | None = None

    def score(self, _: Any, picture: cv2.typing.MatLike) -> float:
        """Return the mean difference of hue, saturation and lightness; 0 for the first picture.

        Args:
            _: Time of the picture, which PySceneDetect gives.
            picture: Picture in BGR, with or without alpha.
        """
        hsv = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)
        last, self._last = self._last, hsv
        if last is None:
            return 0.0
        pixels = float(hsv.shape[0] * hsv.shape[1])
        hue, saturation, lightness, _ = cv2.sumElems(cv2.absdiff(hsv, last))
        return (hue / pixels + saturation / pixels + lightness / pixels) / 3.0
