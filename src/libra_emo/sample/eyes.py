"""The upper face: eyes with lids, and brows, drawn by strengths of action units."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from libra_emo.sample.heads import EYE_LINE, WIDTH, Picture, Points, fill, mix, shade, stroke
from libra_emo.sample.looks import Look

EYE_X, EYE_HALF = 25.0, 13.5
BROW_Y = -12.0
BROW_REACH = 7.0  # pixels that no brow rises above its rest
WHITE = (232, 236, 240)
DARK = (22, 20, 28)


def draw_eye(
    canvas: Picture,
    look: Look,
    unit: Mapping[str, float],
    side: int,
    moved: npt.NDArray[np.float64],
    gaze: tuple[float, float],
) -> None:
    """Draw the eye of one side: lids around the ball, wide, narrow or shut."""
    size = look.eye_size
    openness = 1 + 0.6 * unit["upper_lid_raise"] - 0.55 * unit["lid_droop"]
    shut = 1 - unit["eyes_closed"]
    up = 6.4 * size * max(0.08, openness - 0.22 * unit["lid_tighten"]) * max(0.05, shut)
    raised = 0.4 * unit["lid_tighten"] + 0.4 * unit["cheek_raise"]
    low = 4.6 * size * max(0.15, 1 - raised) * (0.35 + 0.65 * shut)
    x = np.linspace(-1, 1, 15)
    arch = np.sqrt(np.clip(1 - x**2, 0, 1)) ** 1.15
    tilt = -0.8 * side * x
    centre = np.array([side * EYE_X, 0.0]) + moved
    upper = np.stack([x * EYE_HALF * size, tilt - up * arch], 1) + centre
    lower = np.stack([x[::-1] * EYE_HALF * size, tilt[::-1] + low * arch], 1) + centre
    lid = upper - np.array([0.0, 3.2]) * arch[:, None]
    fill(canvas, np.concatenate([lid, upper[::-1]]), shade(look.skin, 0.9))
    _fill_eyeball(canvas, look, np.concatenate([upper, lower]), centre, gaze)
    stroke(canvas, upper, DARK, 2)
    stroke(canvas, lower, shade(look.skin, 0.6))


def draw_brow(
    canvas: Picture,
    look: Look,
    unit: Mapping[str, float],
    side: int,
    moved: npt.NDArray[np.float64],
) -> None:
    """Draw the brow of one side: a curve that rises or falls at either end."""
    colour = mix(shade(look.hair, 0.75), (30, 34, 42), 0.35)
    one_sided = unit["one_sided_brow"] if side > 0 else -0.25 * unit["one_sided_brow"]
    lower, inner, outer = unit["brow_lower"], unit["inner_brow_raise"], unit["outer_brow_raise"]
    x = np.array([10.0 - 3.0 * lower, 18.0 - 1.5 * lower, 28.0, 38.0])
    y = BROW_Y + np.array([0.5, -3.0, -4.5, 1.5])
    y += lower * np.array([7.0, 5.5, 3.0, 0.5])
    lift = inner * np.array([6.0, 5.0, 2.5, 0.0])
    lift += (outer + one_sided) * np.array([1.0, 4.5, 8.5, 7.5])
    y -= BROW_REACH * np.tanh(lift / BROW_REACH)
    fine = np.linspace(0, 1, 12)
    line = np.stack([_smooth(x, fine), _smooth(y, fine)], 1)
    thick = (4.6 - 2.2 * fine) * look.brow_weight
    thick[0] *= 0.6
    upper, under = line - thick[:, None] * (0, 1), line + thick[:, None] * (0, 0.8)
    fill(canvas, np.concatenate([upper, under[::-1]]) * (side, 1) + moved, colour)


def _fill_eyeball(
    canvas: Picture,
    look: Look,
    outline: Points,
    centre: npt.NDArray[np.float64],
    gaze: tuple[float, float],
) -> None:
    """Fill the open eye; iris and pupil are drawn on a patch and cut out by the lids."""
    left = int(centre[0] + WIDTH / 2) - 18
    top = int(centre[1]) + EYE_LINE - 18
    window = (slice(top, top + 36), slice(left, left + 36))
    ball = np.empty((36, 36, 3), np.uint8)
    ball[:] = WHITE
    mask = np.zeros(canvas.shape[:2], np.uint8)
    fill(mask, outline, 255)
    where = (
        centre[0] + gaze[0] * 4.5 + WIDTH / 2 - left,
        centre[1] + gaze[1] * 3 - 0.6 + EYE_LINE - top,
    )
    for radius, colour in (
        (6.4, shade(look.iris, 0.6)),
        (5.6, look.iris),
        (2.7, DARK),
    ):
        _patch_disc(ball, where, radius, colour)
    _patch_disc(ball, (where[0] - 1.8, where[1] - 1.8), 1.1, (250, 250, 250))
    part = mask[window].astype(np.uint16)[..., None]
    canvas[window] = ((ball * part + canvas[window] * (255 - part)) // 255).astype(np.uint8)


def _smooth(
    values: npt.NDArray[np.float64], at: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the cubic Bézier curve of four values."""
    a, b, c, d = values
    s = 1 - at
    return np.asarray(a * s**3 + 3 * b * s**2 * at + 3 * c * s * at**2 + d * at**3)


def _patch_disc(
    patch: Picture, centre: tuple[float, float], radius: float, colour: tuple[int, int, int]
) -> None:
    place = (round(centre[0] * 16), round(centre[1] * 16))
    cv2.circle(patch, place, round(radius * 16), colour, -1, cv2.LINE_AA, 4)
