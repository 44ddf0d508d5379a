"""One scene of a sample film as pictures and sound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from libra_emo.sample import backdrops
from libra_emo.sample.draws import generator
from libra_emo.sample.faces import Face
from libra_emo.sample.heads import CHIN, EYE_LINE, HEIGHT, WIDTH, Picture
from libra_emo.sample.looks import Look
from libra_emo.sample.motions import Moment, act
from libra_emo.sample.options import SampleOptions
from libra_emo.sample.plan import ScenePlan, Shown
from libra_emo.sample.voices import Sound, draw_manner, loudness, speak

EYES_AT = 0.46  # of the frame's height
EMPTY_VIEWS = ("landscape", "object", "behind")


@dataclass(frozen=True)
class Stage:
    """What the scenes of one film share."""

    seed: int
    film: str
    options: SampleOptions
    looks: Sequence[Look]
    faces: Sequence[Face]
    ways_to_look: Mapping[str, list[dict[str, float]]]
    ways_to_sound: Mapping[str, list[dict[str, float]]]


def play_scene(stage: Stage, scene: ScenePlan) -> tuple[Sound, Iterator[Picture]]:
    """Return the sound of a scene and its pictures, one after the other (blue, green, red)."""
    options = stage.options
    look = stage.looks[scene.actor]
    rng = generator(stage.seed, stage.film, scene.number, "voice")
    offsets = _one_way(rng, stage.ways_to_sound, scene.voice)
    manner = draw_manner(rng, look, offsets, scene.voice.intensity, options.voice)
    seconds = scene.frames / options.frames_per_second
    sound = speak(rng, manner, look.tract, seconds, options.audio_hertz)
    if scene.purpose == "no_face":
        return sound, _without_face(stage, scene)
    return sound, _with_face(stage, scene, loudness(sound, scene.frames))


def _one_way(
    rng: np.random.Generator, ways: Mapping[str, list[dict[str, float]]], shown: Shown
) -> dict[str, float]:
    if shown.label is None:
        return {}
    return ways[shown.label][int(rng.integers(len(ways[shown.label])))]


def _without_face(stage: Stage, scene: ScenePlan) -> Iterator[Picture]:
    options = stage.options
    rng = generator(stage.seed, stage.film, scene.number, "view")
    width, height = options.frame_width, options.frame_height
    picture = backdrops.draw_backdrop(rng, scene.backdrop, width, height)
    view = EMPTY_VIEWS[int(rng.integers(len(EMPTY_VIEWS)))]
    if view == "landscape":
        backdrops.add_landscape(picture, rng)
    elif view == "object":
        backdrops.add_object(picture, rng)
    else:
        look = stage.looks[scene.actor]
        backdrops.add_back_of_head(picture, look, width / 2, height * EYES_AT)
    for _ in range(scene.frames):
        yield picture


def _with_face(stage: Stage, scene: ScenePlan, speech: Sound) -> Iterator[Picture]:
    options = stage.options
    rng = generator(stage.seed, stage.film, scene.number, "face")
    look, face = stage.looks[scene.actor], stage.faces[scene.actor]
    x = options.frame_width / 2 + float(rng.uniform(-45, 45))
    y = options.frame_height * EYES_AT + float(rng.uniform(-6, 6))
    place = backdrops.draw_backdrop(rng, scene.backdrop, options.frame_width, options.frame_height)
    backdrops.add_shoulders(place, look, x, y + CHIN * look.chin)
    expression = _one_way(rng, stage.ways_to_look, scene.face)
    moments = act(
        rng,
        look,
        expression,
        scene.face.intensity,
        speech,
        options.frames_per_second,
        options.face,
    )
    for moment in moments:
        yield _put_head(place, face, moment, x, y)


def _put_head(place: Picture, face: Face, moment: Moment, x: float, y: float) -> Picture:
    """Return the place with the head over it; only the head's surroundings are drawn anew."""
    canvas, cover = face.draw(moment.units, moment.gaze, moment.turn)
    left, top = round(x - WIDTH / 2), round(y - EYE_LINE)
    height, width = place.shape[:2]
    turn = cv2.getRotationMatrix2D((WIDTH / 2, EYE_LINE + CHIN), moment.tilt, 1.0)
    turn[:, 2] += (x - WIDTH / 2 - left + moment.shift[0], y - EYE_LINE - top + moment.shift[1])
    size = (WIDTH, HEIGHT)
    head = cv2.warpAffine(
        canvas, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    share = cv2.warpAffine(cover, turn, size, flags=cv2.INTER_LINEAR)
    up, down = max(0, top), min(height, top + HEIGHT)
    inside = (slice(up - top, down - top), slice(max(0, -left), min(WIDTH, width - left)))
    window = (slice(up, down), slice(max(0, left), min(width, left + WIDTH)))
    picture = place.copy()
    weight: npt.NDArray[np.float32] = np.ascontiguousarray(share[inside])
    picture[window] = cv2.blendLinear(
        np.ascontiguousarray(head[inside]), np.ascontiguousarray(place[window]), weight, 1 - weight
    )
    return picture
