"""The parts of a head that no action unit moves: skull, ears, hair, and shaded skin."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from libra_emo.sample.actors import Actor, Colour

Picture = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]

WIDTH, HEIGHT = 212, 264  # size of the canvas that a head is drawn on
EYE_LINE = 122  # row of the canvas; the lengths below are measured from it
HALF_FACE = 58.0
CHIN = 92.0
FOREHEAD = -74.0
SHIFT = 4  # bits of a pixel's fraction
JAW_STEP = 3.0  # pixels; one head is cached for each step of the jaw's drop
HAIR_BEHIND = ((66, 84, 0.9), (54, 70, 1.0), (34, 46, 1.1))  # half axes and tone, from behind
LIGHT = 0.16  # how much lighter the lit side is


def fill(picture: Picture, points: Points, colour: Colour | int) -> None:
    """Fill a polygon given in face units, with antialiased edges."""
    cv2.fillPoly(picture, [_fixed(points)], colour, cv2.LINE_AA, SHIFT)


def stroke(picture: Picture, points: Points, colour: Colour | int, width: int = 1) -> None:
    """Draw an open line given in face units, with antialiased edges."""
    cv2.polylines(picture, [_fixed(points)], False, colour, width, cv2.LINE_AA, SHIFT)


def disc(picture: Picture, centre: tuple[float, float], radius: float, colour: Colour) -> None:
    """Fill a circle given in face units."""
    angles = np.linspace(0, 2 * np.pi, 24)
    fill(picture, np.array(centre) + radius * np.stack([np.cos(angles), np.sin(angles)], 1), colour)


def shade(colour: Colour, factor: float) -> Colour:
    """Return a colour that is lighter or darker by a factor."""
    return tuple(int(min(max(part * factor, 0), 255)) for part in colour)  # type: ignore[return-value]


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return a mixture of two colours, in which `share` is the share of the second."""
    return tuple(  # type: ignore[return-value]
        int(a + (b - a) * share) for a, b in zip(first, second, strict=True)
    )


class HeadCache:
    """Cache of the bare heads of one actor, with one head for each step of the jaw."""

    def __init__(self, actor: Actor) -> None:
        """Keep the actor; each head is drawn when it is first needed."""
        self._actor = actor
        self._drawn: dict[int, tuple[Picture, npt.NDArray[np.float32]]] = {}

    def bare(self, jaw: float) -> tuple[Picture, npt.NDArray[np.float32]]:
        """Return canvas and coverage (0 to 1) of the head whose chin is `jaw` pixels lower."""
        step = round(jaw / JAW_STEP)
        if step not in self._drawn:
            self._drawn[step] = _draw_head(self._actor, step * JAW_STEP)
        return self._drawn[step]


def _draw_head(actor: Actor, jaw: float) -> tuple[Picture, npt.NDArray[np.float32]]:
    canvas = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    canvas[:] = actor.hair
    cover = np.zeros((HEIGHT, WIDTH), np.uint8)
    oval = face_oval(actor, jaw)
    for part in _back_hair(actor):
        fill(canvas, part, shade(actor.hair, 0.8))
        fill(cover, part, 255)
    for side in (-1, 1):
        ear = _ellipse(side * HALF_FACE * actor.face_width, 12, 8, 17)
        fill(canvas, ear, shade(actor.skin, 0.86))
        fill(cover, ear, 255)
    skin = np.zeros((HEIGHT, WIDTH), np.uint8)
    fill(skin, oval, 255)
    cover = np.maximum(cover, skin)
    skin_part = np.asarray(skin / np.float32(255), np.float32)[..., None]
    toned = np.array(actor.skin, np.float32) * _lighting(actor, jaw)[..., None]
    canvas = (canvas * (1 - skin_part) + np.clip(toned, 0, 255) * skin_part).astype(np.uint8)
    if actor.beard:
        canvas = _with_beard(canvas, actor, oval, skin_part, jaw)
    for part in _front_hair(actor):
        fill(canvas, part, actor.hair)
        fill(cover, part, 255)
        _strands(canvas, part, actor)
    canvas = cv2.GaussianBlur(canvas, (0, 0), 1.1)
    return canvas, cv2.GaussianBlur(cover, (0, 0), 1.0).astype(np.float32) / 255


def face_oval(actor: Actor, jaw: float) -> Points:
    """Return the outline of the skin: a round skull above, a narrower jaw and chin below."""
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    across, down = np.cos(angles), np.sin(angles)
    chin = CHIN * actor.chin + jaw
    y = np.where(down > 0, chin * down, -FOREHEAD * down)
    narrowing = np.where(down > 0, 1 - 0.16 * down**2, 1 - 0.05 * down**2)
    squared = np.sign(across) * np.abs(across) ** 0.86
    return np.stack([HALF_FACE * actor.face_width * squared * narrowing, y], 1)


def _lighting(actor: Actor, jaw: float) -> npt.NDArray[np.float32]:
    """Return the brightness of each pixel: light from above, darker at the rim and eyes."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    across = (x - WIDTH / 2) / (HALF_FACE * actor.face_width)
    down = (y - EYE_LINE - 8) / (CHIN * actor.chin + jaw)
    rim = np.clip(across**2 + (down * 0.9) ** 2, 0, 1.4)
    light = 1.04 - LIGHT * across * 0.5 - LIGHT * down * 0.35 - 0.2 * rim**2
    for eye in (-1, 1):
        socket = np.exp(-(((across - eye * 0.42) / 0.24) ** 2) - ((y - EYE_LINE + 1) / 13) ** 2)
        cheek = np.exp(-(((across - eye * 0.5) / 0.24) ** 2) - ((y - EYE_LINE - 32) / 14) ** 2)
        light = light - 0.1 * socket + 0.05 * cheek
    bridge = np.exp(-((across / 0.07) ** 2) - ((y - EYE_LINE - 16) / 22) ** 2)
    below = np.exp(-((across / 0.3) ** 2) - ((y - EYE_LINE - 76) / 5) ** 2)
    return np.asarray(light + 0.07 * bridge - 0.06 * below, np.float32)


def _with_beard(
    canvas: Picture, actor: Actor, oval: Points, skin: npt.NDArray[np.float32], jaw: float
) -> Picture:
    area = np.zeros((HEIGHT, WIDTH), np.uint8)
    fill(area, oval[oval[:, 1] > 22], 255)
    fill(area, _ellipse(0, 50 + jaw * 0.3, 33, 22), 0)
    soft = cv2.GaussianBlur(area, (0, 0), 4)[..., None] * skin * np.float32(0.6 / 255)
    blended = canvas * (1 - soft) + np.array(actor.hair, np.float32) * soft
    return np.asarray(blended, np.uint8)


def _ellipse(x: float, y: float, half_width: float, half_height: float) -> Points:
    angles = np.linspace(0, 2 * np.pi, 40)
    return np.stack([x + half_width * np.cos(angles), y + half_height * np.sin(angles)], 1)


def _back_hair(actor: Actor) -> list[Points]:
    wide = HALF_FACE * actor.face_width
    skull = _ellipse(0, -24, wide + 5, 66)
    if actor.hair_style == "long":
        fall = [(-wide - 9, -30), (wide + 9, -30), (wide + 16, 112), (-wide - 16, 112)]
        return [skull, np.array(fall, float)]
    if actor.hair_style in ("bob", "fringe"):
        fall = [(-wide - 8, -30), (wide + 8, -30), (wide + 14, 56), (-wide - 14, 56)]
        return [skull, np.array(fall, float)]
    if actor.hair_style == "bun":
        return [skull, _ellipse(0, -92, 24, 20)]
    return [skull]


def _front_hair(actor: Actor) -> list[Points]:
    """Return the hair that lies over the forehead, from ear to ear."""
    wide = HALF_FACE * actor.face_width + 5
    line = {"fringe": -34.0, "receding": -66.0, "tall": -52.0}.get(actor.hair_style, -48.0)
    top = {"tall": -104.0, "crop": -86.0, "receding": -82.0}.get(actor.hair_style, -92.0)
    side = {"long": 20.0, "bob": 24.0, "fringe": 20.0}.get(actor.hair_style, -2.0)
    lean = {"parted": 16.0, "long": 12.0}.get(actor.hair_style, 0.0)
    angles = np.linspace(np.pi, 2 * np.pi, 28)
    outer = np.stack([wide * np.cos(angles), side + (side - top) * np.sin(angles)], 1)
    x = np.linspace(wide - 7, -wide + 7, 28)
    reach = np.where(x > lean, wide - 7 - lean, wide - 7 + lean)
    arch = 1 - np.abs((x - lean) / reach) ** 2.6
    inner = np.stack([x, side + (line - side) * arch], 1)
    return [np.concatenate([outer, inner])]


def _strands(canvas: Picture, part: Points, actor: Actor) -> None:
    for offset in range(-40, 41, 10):
        x = np.linspace(offset * 0.5, offset * 1.2, 6)
        y = np.linspace(part[:, 1].min() + 6, part[:, 1].min() + 30, 6) + abs(offset) * 0.35
        stroke(canvas, np.stack([x, y], 1), shade(actor.hair, 1.14))


def _fixed(points: Points) -> npt.NDArray[np.int32]:
    placed = np.asarray(points) + np.array([WIDTH / 2, EYE_LINE])
    return np.asarray(np.rint(placed * (1 << SHIFT)), np.int32)
