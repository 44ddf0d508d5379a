"""Clips with the sample's drawn actors, in a form that a browser plays."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from libra_emo.media.faces.detection import FaceFinder
from libra_emo.sample.actors import draw_actor
from libra_emo.sample.faces import Face
from libra_emo.sample.options import SampleOptions
from libra_emo.sample.plan import ModalityCue, ScenePlan
from libra_emo.sample.scenes import RenderContext, render_scene
from libra_emo.sample.tables import read_tables
from libra_emo.taxonomy import read_taxonomy

OPTIONS = SampleOptions(frame_width=640, frame_height=360)


def act_clip(path: Path, label: str, number: int, seconds: float = 2.0) -> str:
    """Write an MP4 of an actor who shows an emotion; return the boxes of the face as JSON."""
    tables = read_tables(read_taxonomy())
    actors = [draw_actor(5, f"picture/{number}", number, OPTIONS.face, OPTIONS.voice)]
    context = RenderContext(
        *(5, f"picture-{number}", OPTIONS, actors, [Face(actor) for actor in actors]),
        *(tables.faces, tables.voices),
    )
    cue = ModalityCue(label, 1.0)
    frames = round(seconds * OPTIONS.frames_per_second)
    scene = ScenePlan(number, "kept", frames, label, 0, number % 8, cue, cue, ())
    sound, pictures = render_scene(context, scene)
    shown = list(pictures)
    _encode(path, sound, shown)
    return _face_boxes(shown)


def _encode(path: Path, sound: np.ndarray, pictures: list[np.ndarray]) -> None:
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=OPTIONS.frames_per_second)
        video.width, video.height = OPTIONS.frame_width, OPTIONS.frame_height
        video.pix_fmt = "yuv420p"
        audio = container.add_stream("aac", rate=OPTIONS.audio_hertz, layout="mono")
        for picture in pictures:
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(video.encode(None))
        frame = av.AudioFrame.from_ndarray(sound.astype(np.float32)[None], "fltp", "mono")
        frame.sample_rate, frame.pts = OPTIONS.audio_hertz, 0
        frame.time_base = Fraction(1, OPTIONS.audio_hertz)
        container.mux(audio.encode(frame))
        container.mux(audio.encode(None))


def _face_boxes(pictures: list[np.ndarray]) -> str:
    finder, rows = FaceFinder(), []
    for number in range(0, len(pictures), OPTIONS.frames_per_second // 3):
        found = finder.find(cv2.cvtColor(pictures[number], cv2.COLOR_BGR2RGB))
        if found:
            top, right, bottom, left = found[0]
            height, width = OPTIONS.frame_height, OPTIONS.frame_width
            edges = (top / height, right / width, bottom / height, left / width)
            rows.append([number / OPTIONS.frames_per_second, *edges])
    return json.dumps(rows)
