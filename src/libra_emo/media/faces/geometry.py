"""The face features of a clip: measures of facial geometry that expressions change.

Every length is relative to the distance between the eyes, and is measured after the roll of the
head is corrected. So the distance of the camera and the tilt of the head do not matter. The
landmarks are the 68 points of dlib's predictor in face_recognition, numbered from 0 as in dlib.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from libra_emo.media.faces.brows import find_brows
from libra_emo.media.faces.landmarks import FindsFaces, Picture, Points, clip_landmarks

MEASURES = (
    "brow_inner",
    "brow_outer",
    "brow_slope",
    "brow_gap",
    "brow_asymmetry",
    "eye_open",
    "eye_asymmetry",
    "lower_lid",
    "mouth_open",
    "mouth_width",
    "lip_corner",
    "lip_asymmetry",
    "lip_thickness",
    "nose_lip",
    "jaw_drop",
    "head_roll",
    "head_yaw",
    "head_pitch",
)
STATISTICS = ("mean", "sd", "max")
MIN_FRAMES_WITH_FACE = 3


def face_features(
    frames: Sequence[Picture],
    times_s: Sequence[float],
    finder: FindsFaces,
    detect_every_frames: int = 5,
) -> dict[str, float]:
    """Return the `face_*` features of a clip: mean, sd and max of each measure over its frames.

    If fewer than three frames have a face, all features except `face_share` are NaN.

    Args:
        frames: RGB pictures of the clip in order.
        times_s: Time of each picture in seconds.
        finder: Face finder.
        detect_every_frames: Interval, in frames, at which a face is detected.
    """
    landmarks = clip_landmarks(frames, finder, detect_every_frames)
    shown = [place for place, points in enumerate(landmarks) if len(points)]
    found = [(times_s[place], landmarks[place]) for place in shown]
    share = len(found) / len(frames) if frames else 0.0
    names = [f"face_{measure}_{name}" for measure in MEASURES for name in STATISTICS]
    names += ["face_head_motion_mean", "face_head_motion_max"]
    features = dict.fromkeys(names, float("nan")) | {"face_share": share}
    if len(found) < MIN_FRAMES_WITH_FACE:
        return features
    rows = [measure_face(frames[place], landmarks[place]) for place in shown]
    for measure in MEASURES:
        values = np.array([row[measure] for row in rows])
        features[f"face_{measure}_mean"] = float(values.mean())
        features[f"face_{measure}_sd"] = float(values.std())
        features[f"face_{measure}_max"] = float(values.max())
    speed = _head_speed(found)
    features["face_head_motion_mean"] = float(speed.mean())
    features["face_head_motion_max"] = float(speed.max())
    return features


def measure_landmarks(points: Points) -> dict[str, float]:
    """Return the measures of one face, in distances between the eyes (`head_roll` in degrees).

    Heights are positive upwards. `lip_corner` is the height of the corners of the mouth above its
    middle, `brow_slope` the height of the inner ends of the brows above the outer ends, and
    `brow_gap` the distance between the inner ends.

    Args:
        points: 68 rows of x and y in pixels; y points downwards.
    """
    aligned, roll = _align(points)
    x, up = aligned[:, 0], -aligned[:, 1]
    inner, outer = up[[20, 21, 22, 23]].mean(), up[[17, 18, 25, 26]].mean()
    left_brow, right_brow = up[17:22].mean(), up[22:27].mean()
    left_eye = (up[[37, 38]] - up[[41, 40]]).mean()
    right_eye = (up[[43, 44]] - up[[47, 46]]).mean()
    corners = up[[48, 54]].mean()
    return {
        "brow_inner": float(inner),
        "brow_outer": float(outer),
        "brow_slope": float(inner - outer),
        "brow_gap": float(x[22] - x[21]),
        "brow_asymmetry": float(abs(left_brow - right_brow)),
        "eye_open": float((left_eye + right_eye) / 2),
        "eye_asymmetry": float(abs(left_eye - right_eye)),
        "lower_lid": float(up[[40, 41, 46, 47]].mean()),
        "mouth_open": float(up[62] - up[66]),
        "mouth_width": float(x[54] - x[48]),
        "lip_corner": float(corners - up[[62, 66]].mean()),
        "lip_asymmetry": float(abs(up[48] - up[54])),
        "lip_thickness": float(up[51] - up[62] + up[66] - up[57]),
        "nose_lip": float(up[33] - up[51]),
        "jaw_drop": float(up[33] - up[8]),
        "head_roll": roll,
        "head_yaw": float(abs(x[30])),
        "head_pitch": float(-up[30]),
    }


def measure_face(frame: Picture, points: Points) -> dict[str, float]:
    """Return the measures of one face, with the brows that are found in the picture.

    If they do not stand out (fair brows, a fringe), the brows of the landmarks are used.
    """
    measures = measure_landmarks(points)
    brows = find_brows(frame, points)
    if brows is not None:
        inner = (brows.left_inner + brows.right_inner) / 2
        outer = (brows.left_outer + brows.right_outer) / 2
        left = (brows.left_inner + brows.left_outer) / 2
        right = (brows.right_inner + brows.right_outer) / 2
        measures |= {
            "brow_inner": inner,
            "brow_outer": outer,
            "brow_slope": inner - outer,
            "brow_gap": brows.gap,
            "brow_asymmetry": abs(left - right),
        }
    return measures


def _eyes(points: Points) -> tuple[Points, Points]:
    return points[[36, 39]].mean(axis=0), points[[42, 45]].mean(axis=0)


def _align(points: Points) -> tuple[Points, float]:
    """Return the points centred between the eyes, without roll and scale; and the roll."""
    left, right = _eyes(points)
    across = right - left
    distance = max(float(np.hypot(*across)), 1e-6)
    cosine, sine = across / distance
    turned = (points - (left + right) / 2) @ np.array([[cosine, -sine], [sine, cosine]])
    return turned / distance, float(abs(np.degrees(np.arctan2(sine, cosine))))


def _head_speed(found: list[tuple[float, Points]]) -> NDArray[np.float64]:
    """Return the speed of the point between the eyes, in distances of the eyes a second."""
    times = np.array([time for time, _ in found])
    eyes = np.array([_eyes(points) for _, points in found])
    middle = eyes.mean(axis=1)
    between = np.hypot(*(eyes[:, 1] - eyes[:, 0]).mean(axis=0))
    steps = np.hypot(*np.diff(middle, axis=0).T)
    seconds = np.maximum(np.diff(times), 1e-3)
    return np.asarray(steps / seconds / max(float(between), 1e-6), dtype=np.float64)
