"""Backgrounds of scenes, with the shoulders of an actor or without anybody."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from libra_emo.sample.actors import Actor, Colour
from libra_emo.sample.heads import HAIR_BEHIND, Picture, mix, shade

# wall above, floor below: any two differ enough in hue and lightness for a cut to be detected
TONES: tuple[tuple[Colour, Colour], ...] = (
    ((176, 140, 84), (120, 96, 60)),
    ((74, 92, 150), (48, 60, 104)),
    ((96, 150, 112), (60, 110, 70)),
    ((60, 40, 36), (36, 28, 30)),
    ((196, 214, 226), (150, 172, 190)),
    ((130, 84, 128), (92, 52, 84)),
    ((70, 170, 214), (50, 110, 160)),
    ((118, 118, 60), (70, 64, 36)),
)


def draw_backdrop(rng: np.random.Generator, kind: int, width: int, height: int) -> Picture:
    """Return an empty background: a lit wall with a few objects on it, out of focus."""
    above, below = TONES[kind]
    down = np.linspace(0, 1, height)[:, None, None]
    across = np.linspace(-1, 1, width)[None, :, None]
    light = 1.06 - 0.18 * np.abs(across - rng.uniform(-0.6, 0.6)) - 0.08 * down
    picture = (np.array(above) * (1 - down) + np.array(below) * down) * light
    canvas = np.clip(picture, 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(3, 7))):
        left, top = int(rng.integers(-40, width - 20)), int(rng.integers(-30, height - 60))
        size = rng.integers(35, 110, 2)
        tone = shade(mix(above, below, float(rng.random())), float(rng.uniform(0.75, 1.25)))
        corner = (left + int(size[0]), top + int(size[1]))
        if rng.random() < 0.7:
            cv2.rectangle(canvas, (left, top), corner, tone, -1)
        else:
            cv2.circle(canvas, corner, int(size[0]) // 2, tone, -1)
    soft = cv2.GaussianBlur(canvas, (0, 0), 5)
    grain = rng.normal(0, 1.5, (height, width, 1))
    return np.asarray(np.clip(soft + grain, 0, 255), np.uint8)


def add_shoulders(picture: Picture, actor: Actor, x: float, chin_y: float) -> None:
    """Draw the neck and shoulders below a head whose chin is at (x, chin_y)."""
    height = picture.shape[0]
    neck = [
        (x - 27, chin_y - 40),
        (x + 27, chin_y - 40),
        (x + 34, chin_y + 30),
        (x - 34, chin_y + 30),
    ]
    _polygon(picture, neck, shade(actor.skin, 0.72))
    top = chin_y + 14
    body = [
        (x - 34, top),
        (x, top + 16),
        (x + 34, top),
        (x + 92, top + 20),
        (x + 122, top + 60),
        (x + 130, height + 20),
        (x - 130, height + 20),
        (x - 122, top + 60),
        (x - 92, top + 20),
    ]
    _polygon(picture, body, actor.shirt)
    _polygon(picture, [body[0], body[1], body[2], (x, top + 26)], shade(actor.shirt, 0.75))


def add_back_of_head(picture: Picture, actor: Actor, x: float, y: float) -> None:
    """Draw an actor seen from behind, with hair in place of the face."""
    add_shoulders(picture, actor, x, y + 92)
    for width, height, tone in HAIR_BEHIND:
        centre = (round(x), round(y - 6))
        cv2.ellipse(
            picture, centre, (width, height), 0, 0, 360, shade(actor.hair, tone), -1, cv2.LINE_AA
        )


def add_landscape(picture: Picture, rng: np.random.Generator) -> None:
    """Draw hills and a sun in front of a background."""
    height, width = picture.shape[:2]
    sun = (int(rng.integers(60, width - 60)), int(rng.integers(40, 90)))
    cv2.circle(picture, sun, 24, (190, 225, 245), -1, cv2.LINE_AA)
    x = np.arange(-10, width + 20, 10)
    for row in range(3):
        crest = height * (0.45 + 0.17 * row) + 22 * np.sin(
            x / rng.uniform(45, 90) + rng.uniform(0, 6)
        )
        hill = [*zip(x, crest, strict=True), (width + 20, height + 9), (-20, height + 9)]
        _polygon(picture, hill, shade((70, 120, 80), 1.1 - 0.3 * row))


def add_object(picture: Picture, rng: np.random.Generator) -> None:
    """Draw a table with a jug on it."""
    height, width = picture.shape[:2]
    cv2.rectangle(picture, (0, int(height * 0.72)), (width, height), (58, 84, 120), -1)
    x = float(rng.uniform(0.3, 0.7) * width)
    jug = [(x - 26, 110), (x + 26, 110), (x + 40, 160), (x + 30, 205), (x - 30, 205), (x - 40, 160)]
    _polygon(picture, jug, (170, 130, 80))
    cv2.ellipse(picture, (round(x), 110), (26, 7), 0, 0, 360, (120, 90, 56), -1, cv2.LINE_AA)


def _polygon(picture: Picture, points: Sequence[tuple[float, float]], colour: Colour) -> None:
    fixed = np.rint(np.array(points, float) * 16).astype(np.int32)
    cv2.fillPoly(picture, [fixed], colour, cv2.LINE_AA, 4)
