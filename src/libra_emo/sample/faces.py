"""A face in any expression: the bare head, and the features that action units move."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from libra_emo.sample.actors import Actor
from libra_emo.sample.facial_features import EYE_X, draw_brow, draw_eye, draw_mouth, draw_nose
from libra_emo.sample.heads import HeadCache, Picture, shade, stroke

JAW_DROP = 17.0  # pixels that a wide open mouth lowers the chin


class Face:
    """Draws one actor's face in any expression."""

    def __init__(self, actor: Actor) -> None:
        """Keep the actor and a cache of its bare heads."""
        self.actor = actor
        self._heads = HeadCache(actor)

    def draw(
        self, units: Mapping[str, float], gaze: tuple[float, float], turn: tuple[float, float]
    ) -> tuple[Picture, npt.NDArray[np.float32]]:
        """Return the head on its canvas and its coverage (0 to 1).

        Args:
            units: Strengths of action units by their names in drawn_expressions.yml, and
                `eyes_closed` (0 to 1).
            gaze: Position of the pupils, right and down, -1 to 1.
            turn: Rotation of the head, sideways and down, -1 to 1.
        """
        unit: defaultdict[str, float] = defaultdict(float, units)
        jaw = JAW_DROP * unit["jaw_drop"]
        bare, cover = self._heads.bare(jaw)
        canvas = bare.copy()
        moved = np.array([turn[0] * 7.0, turn[1] * 6.0])
        draw_nose(canvas, self.actor, unit, moved)
        draw_mouth(canvas, self.actor, unit, moved, jaw)
        for side in (-1, 1):
            draw_eye(canvas, self.actor, unit, side, moved, gaze)
            draw_brow(canvas, self.actor, unit, side, moved)
        self._creases(canvas, unit, moved)
        if self.actor.glasses:
            self._glasses(canvas, moved)
        return cv2.GaussianBlur(canvas, (3, 3), 0.75), cover

    def _creases(
        self, canvas: Picture, unit: Mapping[str, float], moved: npt.NDArray[np.float64]
    ) -> None:
        """Draw the folds that action units make in the skin, darker for stronger units."""
        skin = self.actor.skin
        raised = max(unit["inner_brow_raise"], unit["outer_brow_raise"])
        if raised > 0.25 and self.actor.hair_style != "fringe":
            x = np.linspace(-26, 26, 9)
            for height in (-35, -41):
                line = np.stack([x, height + 0.004 * x**2 - 3 * raised], 1) + moved
                stroke(canvas, line, shade(skin, 1 - 0.13 * raised))
        frown = max(unit["brow_lower"], 0.8 * unit["nose_wrinkle"])
        if frown > 0.25:
            for side in (-1, 1):
                line = np.array([(side * 3.5, -22), (side * 4.5, -15), (side * 3.5, -9)], float)
                stroke(canvas, line + moved, shade(skin, 1 - 0.38 * frown), 2)
        fold = max(
            unit["lip_corner_pull"],
            unit["nose_wrinkle"],
            unit["upper_lip_raise"],
            unit["lip_stretch"],
        )
        for side in (-1, 1):
            strength = min(1.0, max(0.18, fold, unit["one_sided_smile"] * (side > 0)))
            line = np.array([(15, 29), (21, 38), (26.5 + 6 * strength, 50)], float) * (side, 1)
            stroke(canvas, line + moved, shade(skin, 1 - 0.27 * strength), 2)

    def _glasses(self, canvas: Picture, moved: npt.NDArray[np.float64]) -> None:
        angles = np.linspace(0, 2 * np.pi, 30)
        ring = np.stack([19.5 * np.cos(angles), 15.5 * np.sin(angles)], 1)
        for side in (-1, 1):
            stroke(canvas, ring + moved + (side * (EYE_X + 1), 3), (60, 52, 48), 1)
            arm = np.array([(side * (EYE_X + 20), 1.0), (side * 58.0, -3.0)])
            stroke(canvas, arm + moved * 0.5, (60, 52, 48), 1)
        stroke(canvas, np.array([(-6.5, 1.0), (0, -1.5), (6.5, 1.0)]) + moved, (60, 52, 48), 1)
