"""The features of a face, drawn by strengths of action units: eyes, brows, nose and mouth."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from libra_emo.sample.actors import Actor
from libra_emo.sample.heads import EYE_LINE, WIDTH, Picture, Points, disc, fill, mix, shade, stroke

EYE_X, EYE_HALF = 25.0, 13.5
BROW_Y = -12.0
BROW_REACH = 7.0  # pixels that no brow rises above its resting position
NOSE_Y, MOUTH_Y = 34.0, 59.0
WHITE = (232, 236, 240)
DARK = (22, 20, 28)
TEETH = (222, 230, 235)
INSIDE = (30, 22, 52)


def draw_eye(
    canvas: Picture,
    actor: Actor,
    unit: Mapping[str, float],
    side: int,
    moved: npt.NDArray[np.float64],
    gaze: tuple[float, float],
) -> None:
    """Draw the eye of one side: the eyeball between its lids, wide, narrow or shut."""
    size = actor.eye_size
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
    fill(canvas, np.concatenate([lid, upper[::-1]]), shade(actor.skin, 0.9))
    _fill_eyeball(canvas, actor, np.concatenate([upper, lower]), centre, gaze)
    stroke(canvas, upper, DARK, 2)
    stroke(canvas, lower, shade(actor.skin, 0.6))


def draw_brow(
    canvas: Picture,
    actor: Actor,
    unit: Mapping[str, float],
    side: int,
    moved: npt.NDArray[np.float64],
) -> None:
    """Draw the brow of one side: a curve whose ends rise or fall."""
    colour = mix(shade(actor.hair, 0.75), (30, 34, 42), 0.35)
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
    thick = (4.6 - 2.2 * fine) * actor.brow_weight
    thick[0] *= 0.6
    upper, under = line - thick[:, None] * (0, 1), line + thick[:, None] * (0, 0.8)
    fill(canvas, np.concatenate([upper, under[::-1]]) * (side, 1) + moved, colour)


def draw_nose(
    canvas: Picture, actor: Actor, unit: Mapping[str, float], moved: npt.NDArray[np.float64]
) -> None:
    """Draw the nose; a wrinkled nose is shorter and wider."""
    crease = shade(actor.skin, 0.66)
    up = 3.5 * unit["nose_wrinkle"] + 1.0 * unit["upper_lip_raise"]
    wide = 12.0 * actor.nose_width + 1.5 * unit["nose_wrinkle"]
    tip = np.array([0.0, NOSE_Y - up]) + moved * 1.25
    for side in (-1, 1):
        bridge = [(side * 6.5, 3), (side * 5.0, 14), (side * 7.0, 25), (side * wide, 31 - up)]
        tone = shade(actor.skin, 0.9 if side < 0 else 0.82)
        stroke(canvas, np.array(bridge, float) + moved * 1.1, tone, 2)
        wing = [(wide - 2, -6), (wide + 0.5, -1), (wide - 2.5, 3.5)]
        stroke(canvas, np.array(wing, float) * (side, 1) + tip, crease, 2)
        hole = tip + np.array([side * wide * 0.45, 2.5])
        disc(canvas, (hole[0], hole[1]), 2.6, mix(shade(actor.skin, 0.45), DARK, 0.4))
    under = [(-4.5, 4.5), (0, 6), (4.5, 4.5)]
    stroke(canvas, np.array(under, float) + tip, crease, 1)


def draw_mouth(
    canvas: Picture,
    actor: Actor,
    unit: Mapping[str, float],
    moved: npt.NDArray[np.float64],
    jaw: float,
) -> None:
    """Draw the lips, and the teeth of an open mouth; `jaw` is the drop of the chin in pixels."""
    lip = mix(actor.skin, (88, 78, 176), 0.5)
    centre = np.array([0.0, MOUTH_Y + 0.1 * jaw]) + moved * 1.15
    press, stretch = unit["lip_press"], unit["lip_stretch"]
    x = np.linspace(-1, 1, 21)
    half = (24 + 8 * unit["lip_corner_pull"] + 7 * stretch - 2 * press) * actor.mouth_width
    half -= 6.0 * unit["jaw_drop"] * (1 - max(stretch, unit["lip_corner_pull"]))
    pull = unit["lip_corner_pull"] + unit["one_sided_smile"] * (x > 0) * 0.9
    corner = -9 * pull + 8 * unit["lip_corner_depress"] + 2 * stretch
    curve = corner * np.abs(x) ** 2.2 - 4.0 * unit["chin_raise"] * (1 - x**2)
    lift = 6.0 * unit["upper_lip_raise"] + 2.5 * unit["nose_wrinkle"]
    arch = np.clip(1 - x**2, 0, 1)
    full = actor.lip_fullness * (1 - 0.6 * press) * (1 - 0.35 * stretch)
    gap = 20.0 * unit["jaw_drop"] + 0.5 * lift
    bow = 1 - 0.28 * np.exp(-((x / 0.16) ** 2))
    rows = np.stack(
        [
            curve - (0.2 * gap + lift) * arch - 5.6 * full * arch**0.8 * bow,
            curve - (0.2 * gap + lift) * arch,
            curve + 0.8 * gap * arch - 0.3 * lift * arch,
            curve + 0.8 * gap * arch + 6.6 * full * arch**0.7,
        ]
    )
    across = half * x * (1 + 0.12 * unit["one_sided_smile"] * (x > 0))
    lines = [np.stack([across, row], 1) + centre for row in rows]
    fill(canvas, np.concatenate([lines[0], lines[3][::-1]]), lip)
    fill(canvas, np.concatenate([lines[0], lines[1][::-1]]), shade(lip, 0.84))
    if gap > 1.5:
        fill(canvas, np.concatenate([lines[1], lines[2][::-1]]), INSIDE)
        teeth = np.minimum(rows[1] + 5.5, rows[2])
        bite = np.stack([across, teeth], 1)[3:-3] + centre
        fill(canvas, np.concatenate([lines[1][3:-3], bite[::-1]]), TEETH)
    stroke(canvas, lines[1], shade(lip, 0.42), 1 if gap > 1.5 else 2)
    shadow = lines[3][6:-6] + np.array([0.0, 4.0])
    stroke(canvas, shadow, shade(actor.skin, 0.84 - 0.1 * unit["chin_raise"]), 2)


def _fill_eyeball(
    canvas: Picture,
    actor: Actor,
    outline: Points,
    centre: npt.NDArray[np.float64],
    gaze: tuple[float, float],
) -> None:
    """Fill the open eye; iris and pupil are drawn on a patch that the lids mask."""
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
        (6.4, shade(actor.iris, 0.6)),
        (5.6, actor.iris),
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
