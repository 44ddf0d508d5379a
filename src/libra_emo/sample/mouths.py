"""The lower face: nose and mouth, drawn by strengths of action units."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from libra_emo.sample.eyes import DARK
from libra_emo.sample.heads import Picture, disc, fill, mix, shade, stroke
from libra_emo.sample.looks import Look

NOSE_Y, MOUTH_Y = 34.0, 59.0
TEETH = (222, 230, 235)
INSIDE = (30, 22, 52)


def draw_nose(
    canvas: Picture, look: Look, unit: Mapping[str, float], moved: npt.NDArray[np.float64]
) -> None:
    """Draw bridge, wings and nostrils; a wrinkled nose is shorter and wider."""
    crease = shade(look.skin, 0.66)
    up = 3.5 * unit["nose_wrinkle"] + 1.0 * unit["upper_lip_raise"]
    wide = 12.0 * look.nose_width + 1.5 * unit["nose_wrinkle"]
    tip = np.array([0.0, NOSE_Y - up]) + moved * 1.25
    for side in (-1, 1):
        bridge = [(side * 6.5, 3), (side * 5.0, 14), (side * 7.0, 25), (side * wide, 31 - up)]
        tone = shade(look.skin, 0.9 if side < 0 else 0.82)
        stroke(canvas, np.array(bridge, float) + moved * 1.1, tone, 2)
        wing = [(wide - 2, -6), (wide + 0.5, -1), (wide - 2.5, 3.5)]
        stroke(canvas, np.array(wing, float) * (side, 1) + tip, crease, 2)
        hole = tip + np.array([side * wide * 0.45, 2.5])
        disc(canvas, (hole[0], hole[1]), 2.6, mix(shade(look.skin, 0.45), DARK, 0.4))
    under = [(-4.5, 4.5), (0, 6), (4.5, 4.5)]
    stroke(canvas, np.array(under, float) + tip, crease, 1)


def draw_mouth(
    canvas: Picture,
    look: Look,
    unit: Mapping[str, float],
    moved: npt.NDArray[np.float64],
    jaw: float,
) -> None:
    """Draw lips, and teeth where they part; `jaw` is how far the chin has dropped, in pixels."""
    lip = mix(look.skin, (88, 78, 176), 0.5)
    centre = np.array([0.0, MOUTH_Y + 0.1 * jaw]) + moved * 1.15
    press, stretch = unit["lip_press"], unit["lip_stretch"]
    x = np.linspace(-1, 1, 21)
    half = (24 + 8 * unit["lip_corner_pull"] + 7 * stretch - 2 * press) * look.mouth_width
    half -= 6.0 * unit["jaw_drop"] * (1 - max(stretch, unit["lip_corner_pull"]))
    pull = unit["lip_corner_pull"] + unit["one_sided_smile"] * (x > 0) * 0.9
    corner = -9 * pull + 8 * unit["lip_corner_depress"] + 2 * stretch
    curve = corner * np.abs(x) ** 2.2 - 4.0 * unit["chin_raise"] * (1 - x**2)
    lift = 6.0 * unit["upper_lip_raise"] + 2.5 * unit["nose_wrinkle"]
    arch = np.clip(1 - x**2, 0, 1)
    full = look.lip_fullness * (1 - 0.6 * press) * (1 - 0.35 * stretch)
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
    stroke(canvas, shadow, shade(look.skin, 0.84 - 0.1 * unit["chin_raise"]), 2)
