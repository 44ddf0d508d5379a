"""The pictures and the sound of one scene of a sample film."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from libra_emo.sample import backdrops
from libra_emo.sample.actors import Actor
from libra_emo.sample.animation import Pose, animate
from libra_emo.sample.draws import generator
from libra_emo.sample.faces import Face
from libra_emo.sample.heads import CHIN, EYE_LINE, HEIGHT, WIDTH, Picture
from libra_emo.sample.options import SampleOptions
from libra_emo.sample.plan import ModalityCue, ScenePlan
from libra_emo.sample.voices import Sound, draw_speaking_style, loudness, synthesise_speech

EYES_AT = 0.46  # of the frame's height
EMPTY_VIEWS = ("landscape", "object", "behind")


@dataclass(frozen=True)
class RenderContext:
    """What all scenes of one film have in common."""

    seed: int
    film: str
    options: SampleOptions
    actors: Sequence[Actor]
    faces: Sequence[Face]
    face_variants: Mapping[str, list[dict[str, float]]]
    voice_variants: Mapping[str, list[dict[str, float]]]


def render_scene(context: RenderContext, scene: ScenePlan) -> tuple[Sound, Iterator[Picture]]:
    """Return the sound of a scene, and its pictures in order (blue, green, red)."""
    options = context.options
    actor = context.actors[scene.actor]
    rng = generator(context.seed, context.film, scene.number, "voice")
    offsets = _draw_variant(rng, context.voice_variants, scene.voice)
    style = draw_speaking_style(rng, actor, offsets, scene.voice.intensity, options.voice)
    seconds = scene.frames / options.frames_per_second
    sound = synthesise_speech(rng, style, actor.tract, seconds, options.audio_hertz)
    if scene.purpose == "no_face":
        return sound, _without_face(context, scene)
    return sound, _with_face(context, scene, loudness(sound, scene.frames))


def _draw_variant(
    rng: np.random.Generator, variants: Mapping[str, list[dict[str, float]]], shown: ModalityCue
) -> dict[str, float]:
    if shown.label is None:
        return {}
    return variants[shown.label][int(rng.integers(len(variants[shown.label])))]


def _without_face(context: RenderContext, scene: ScenePlan) -> Iterator[Picture]:
    options = context.options
    rng = generator(context.seed, context.film, scene.number, "view")
    width, height = options.frame_width, options.frame_height
    picture = backdrops.draw_backdrop(rng, scene.backdrop, width, height)
    view = EMPTY_VIEWS[int(rng.integers(len(EMPTY_VIEWS)))]
    if view == "landscape":
        backdrops.add_landscape(picture, rng)
    elif view == "object":
        backdrops.add_object(picture, rng)
    else:
        actor = context.actors[scene.actor]
        backdrops.add_back_of_head(picture, actor, width / 2, height * EYES_AT)
    for _ in range(scene.frames):
        yield picture


def _with_face(context: RenderContext, scene: ScenePlan, speech: Sound) -> Iterator[Picture]:
    options = context.options
    rng = generator(context.seed, context.film, scene.number, "face")
    actor, face = context.actors[scene.actor], context.faces[scene.actor]
    x = options.frame_width / 2 + float(rng.uniform(-45, 45))
    y = options.frame_height * EYES_AT + float(rng.uniform(-6, 6))
    backdrop = backdrops.draw_backdrop(
        rng, scene.backdrop, options.frame_width, options.frame_height
    )
    backdrops.add_shoulders(backdrop, actor, x, y + CHIN * actor.chin)
    expression = _draw_variant(rng, context.face_variants, scene.face)
    poses = animate(
        rng,
        actor,
        expression,
        scene.face.intensity,
        speech,
        options.frames_per_second,
        options.face,
    )
    for pose in poses:
        yield _put_head(backdrop, face, pose, x, y)


def _put_head(backdrop: Picture, face: Face, pose: Pose, x: float, y: float) -> Picture:
    """Return the background with the head over it; only the area around the head is copied."""
    canvas, cover = face.draw(pose.units, pose.gaze, pose.turn)
    left, top = round(x - WIDTH / 2), round(y - EYE_LINE)
    height, width = backdrop.shape[:2]
    turn = cv2.getRotationMatrix2D((WIDTH / 2, EYE_LINE + CHIN), pose.tilt, 1.0)
    turn[:, 2] += (x - WIDTH / 2 - left + pose.shift[0], y - EYE_LINE - top + pose.shift[1])
    size = (WIDTH, HEIGHT)
    head = cv2.warpAffine(
        canvas, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    share = cv2.warpAffine(cover, turn, size, flags=cv2.INTER_LINEAR)
    up, down = max(0, top), min(height, top + HEIGHT)
    inside = (slice(up - top, down - top), slice(max(0, -left), min(WIDTH, width - left)))
    window = (slice(up, down), slice(max(0, left), min(width, left + WIDTH)))
    picture = backdrop.copy()
    weight: npt.NDArray[np.float32] = np.ascontiguousarray(share[inside])
    picture[window] = cv2.blendLinear(
        np.ascontiguousarray(head[inside]),
        np.ascontiguousarray(backdrop[window]),
        weight,
        1 - weight,
    )
    return picture
