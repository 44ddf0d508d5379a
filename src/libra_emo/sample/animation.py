"""How an actor moves in a scene: expression, blinks, gaze, head and speaking mouth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from libra_emo.sample.actors import Actor
from libra_emo.sample.options import ActedOptions

Track = npt.NDArray[np.float64]
UNITS = (
    "inner_brow_raise",
    "outer_brow_raise",
    "brow_lower",
    "upper_lid_raise",
    "cheek_raise",
    "lid_tighten",
    "nose_wrinkle",
    "upper_lip_raise",
    "lip_corner_pull",
    "lip_corner_depress",
    "one_sided_smile",
    "one_sided_brow",
    "chin_raise",
    "lip_stretch",
    "lip_press",
    "jaw_drop",
    "lid_droop",
)
SPEAKING_JAW = 0.32  # how far the loudest syllable opens a calm mouth


@dataclass(frozen=True)
class Pose:
    """Pose of an actor in one frame; `shift` is in pixels, `tilt` in degrees."""

    units: dict[str, float]
    gaze: tuple[float, float]
    turn: tuple[float, float]
    shift: tuple[float, float]
    tilt: float


def animate(
    rng: np.random.Generator,
    actor: Actor,
    expression: Mapping[str, float],
    intensity: float,
    speech: Track,
    frames_per_second: int,
    cues: ActedOptions,
) -> list[Pose]:
    """Return the pose of an actor in each frame of a scene.

    Args:
        rng: Random generator of the scene.
        actor: The actor; the expression is added to the actor's resting face.
        expression: Strengths of action units as in drawn_expressions.yml; empty for a calm face.
        intensity: Factor on the strengths.
        speech: Loudness of the voice in each frame, 0 to 1; it gives the number of frames.
        frames_per_second: Frame rate of the film.
        cues: Options that say how much faces differ from scene to scene.
    """
    seconds = np.arange(len(speech)) / frames_per_second
    onset = _onset(rng, seconds)
    units = {
        name: np.clip(
            actor.resting.get(name, 0.0)
            + onset * intensity * expression.get(name, 0.0)
            + _draw_noise(rng, cues.scene_noise),
            0,
            1.15,
        )
        for name in UNITS
    }
    units["jaw_drop"] = np.clip(units["jaw_drop"] + SPEAKING_JAW * speech, 0, 1)
    units["lip_press"] = units["lip_press"] * (1 - 0.75 * np.clip(speech * 1.5, 0, 1))
    units["eyes_closed"] = _blinks(rng, seconds)
    liveliness = 0.35 + intensity * expression.get("motion", 0.1)
    down = intensity * expression.get("head_down", 0.0) + rng.normal(0, cues.scene_noise)
    away = intensity * expression.get("gaze_away", 0.0) * rng.choice([-1.0, 1.0])
    side = rng.choice([-1.0, 1.0])
    tilt = side * intensity * expression.get("head_tilt_degrees", 0.0)
    yaw = _sway(rng, seconds, 0.22 * liveliness)
    pitch = np.clip(down + _sway(rng, seconds, 0.15 * liveliness), -1, 1)
    roll = np.clip(tilt + _sway(rng, seconds, 2.0 * liveliness), -8, 8)
    x = rng.normal(0, 3) + _sway(rng, seconds, 3.0 * liveliness)
    y = 3 * down + _sway(rng, seconds, 2.5 * liveliness)
    gaze_x = np.clip(0.8 * away + _glances(rng, seconds), -1, 1)
    gaze_y = 0.6 * abs(away) + 0.3 * pitch
    return [
        Pose(
            {name: float(track[k]) for name, track in units.items()},
            (float(gaze_x[k]), float(gaze_y[k])),
            (float(yaw[k]), float(pitch[k])),
            (float(x[k]), float(y[k])),
            float(roll[k]),
        )
        for k in range(len(seconds))
    ]


def _onset(rng: np.random.Generator, seconds: Track) -> Track:
    """Return the strength of the expression over time: a quick rise, then slow variation."""
    onset = 0.6 + 0.4 * np.clip(seconds / rng.uniform(0.2, 0.6), 0, 1)
    return np.asarray(onset * (1 + _sway(rng, seconds, 0.08)))


def _draw_noise(rng: np.random.Generator, deviation: float) -> float:
    return float(deviation * np.clip(rng.normal(), -2, 2))


def _sway(rng: np.random.Generator, seconds: Track, size: float) -> Track:
    """Return a smooth random movement of about the given size, the sum of three slow waves."""
    waves = np.zeros_like(seconds)
    for hertz in rng.uniform(0.15, 1.1, 3):
        waves += np.sin(2 * np.pi * (hertz * seconds + rng.random()))
    return np.asarray(size * waves / 1.7)


def _blinks(rng: np.random.Generator, seconds: Track) -> Track:
    """Return how far the eyes are closed: a blink of a quarter second every few seconds."""
    closed = np.zeros_like(seconds)
    pose = rng.uniform(0.3, 3.0)
    while len(seconds) and pose < seconds[-1]:
        closed = np.maximum(closed, np.clip(1.3 - np.abs(seconds - pose) / 0.1, 0, 1))
        pose += rng.uniform(1.8, 4.5)
    return closed


def _glances(rng: np.random.Generator, seconds: Track) -> Track:
    """Return the gaze as it jumps between nearby directions."""
    places = rng.normal(0, 0.15, int(seconds[-1] / 0.8) + 2 if len(seconds) else 1)
    return np.asarray(places[(seconds / 0.8).astype(int)])
