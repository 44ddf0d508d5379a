"""A drawn face in which dlib finds its landmarks, for tests of what reads faces."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SKIN, HAIR, LIPS, DARK = (224, 180, 150), (60, 40, 30), (170, 80, 80), (70, 50, 40)


def draw_face(
    width: int = 448,
    height: int = 252,
    *,
    radius: int = 60,
    brow_raise: float = 0.0,
    smile: float = 0.0,
    mouth_open: float = 0.0,
    eye_open: float = 1.0,
    roll_degrees: float = 0.0,
    shift: tuple[int, int] = (0, 0),
) -> NDArray[np.uint8]:
    """Return an RGB picture of a face; `smile` and `brow_raise` are shares of its radius."""
    scale = 4
    picture = np.full((height * scale, width * scale, 3), (90, 110, 130), np.uint8)
    x, y = (width // 2 + shift[0]) * scale, (height // 2 + shift[1]) * scale
    r = radius * scale

    def ellipse(dx: float, dy: float, a: float, b: float, colour: tuple[int, ...]) -> None:
        place = (round(x + dx * r), round(y + dy * r))
        cv2.ellipse(picture, place, (round(a * r), max(round(b * r), 1)), 0, 0, 360, colour, -1)

    def line(points: list[tuple[float, float]], colour: tuple[int, ...], thick: float) -> None:
        places = np.array([[x + dx * r, y + dy * r] for dx, dy in points]).round().astype(np.int32)
        cv2.polylines(picture, [places], False, colour, max(round(thick * r), 1), cv2.LINE_AA)

    ellipse(0, -0.25, 0.95, 1.1, HAIR)
    ellipse(0, 0, 0.8, 1.05, SKIN)
    for side in (-1, 1):
        ellipse(side * 0.36, -0.2, 0.17, 0.09 * eye_open, (250, 250, 250))
        ellipse(side * 0.36, -0.2, 0.07, min(0.07, 0.09 * eye_open), DARK)
        line([(side * (0.36 - 0.17), -0.2), (side * 0.36, -0.2 - 0.1 * eye_open)], DARK, 0.02)
        line([(side * 0.36, -0.2 - 0.1 * eye_open), (side * (0.36 + 0.17), -0.2)], DARK, 0.02)
        top = -0.42 - brow_raise
        line([(side * 0.16, top + 0.03), (side * 0.36, top - 0.03), (side * 0.58, top + 0.04)],
             HAIR, 0.06)  # fmt: skip
        ellipse(side * 0.08, 0.24, 0.04, 0.025, DARK)
    line([(-0.04, -0.15), (-0.1, 0.2), (0, 0.26), (0.1, 0.2)], (195, 150, 122), 0.03)
    steps = np.linspace(-1, 1, 21)
    bow = 0.55 - smile * steps**2
    upper = [(0.3 * s, b - 0.06 * (1 - s * s)) for s, b in zip(steps, bow, strict=True)]
    lower = [
        (0.3 * s, b + (0.08 + mouth_open) * (1 - s * s)) for s, b in zip(steps, bow, strict=True)
    ]
    outline = [(round(x + dx * r), round(y + dy * r)) for dx, dy in [*upper, *lower[::-1]]]
    cv2.fillPoly(picture, [np.array(outline, np.int32)], LIPS)
    if mouth_open > 0:
        inner = [
            (round(x + 0.22 * s * r), round(y + (0.55 + edge * (1 - s * s)) * r))
            for edge, order in ((0.0, steps), (mouth_open, steps[::-1]))
            for s in order
        ]
        cv2.fillPoly(picture, [np.array(inner, np.int32)], (50, 20, 20))
    else:
        line([(0.3 * s, b) for s, b in zip(steps, bow, strict=True)], DARK, 0.02)
    turn = cv2.getRotationMatrix2D((x, y), -roll_degrees, 1)
    picture = cv2.warpAffine(picture, turn, picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    picture = cv2.GaussianBlur(picture, (0, 0), 0.02 * r)
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
