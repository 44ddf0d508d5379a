"""The baseline of the preprocessing benchmark: the chain of tools that people use today."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

Span = tuple[float, float]
PER_SECOND = 3
SOUND_BITS = 96_000


def find_scenes(path: Path) -> list[Span]:
    """Return PySceneDetect's scenes, in seconds of the container."""
    from scenedetect import AdaptiveDetector, detect

    scenes = detect(str(path), AdaptiveDetector(), start_in_scene=True)
    with av.open(str(path)) as film:
        first = next(film.decode(video=0)).time
    return [(start.seconds + first, end.seconds + first) for start, end in scenes]


def is_right_length(span: Span) -> bool:
    """Return whether a scene is longer than 3 s and at most 10 s."""
    return 3 < round(span[1] - span[0], 3) <= 10


def detect_faces(path: Path, spans: list[Span]) -> list[list[bool]]:
    """Return for each span whether a face is detected in each whole sampled frame."""
    from libra_emo.media.faces.detection import load_face_recognition

    tool = load_face_recognition()
    seen: list[list[bool]] = [[] for _ in spans]
    for number, picture in _sample(path, spans):
        seen[number].append(bool(tool.face_locations(picture)))
    return seen


def cut(path: Path, span: Span, clip: Path) -> None:
    """Write one clip with the ffmpeg program, or with PyAV if it is not installed."""
    clip.parent.mkdir(parents=True, exist_ok=True)
    if shutil.which("ffmpeg"):
        picture = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-threads", "1"]
        sound = ["-c:a", "aac", "-b:a", str(SOUND_BITS), "-movflags", "+faststart"]
        place = ["-ss", str(span[0]), "-i", str(path), "-t", str(span[1] - span[0])]
        call = ["ffmpeg", "-y", "-loglevel", "error", *place, *picture, *sound, str(clip)]
        subprocess.run(call, check=True)
        return
    with (
        av.open(str(path)) as film,
        av.open(str(clip), "w", options={"movflags": "+faststart"}) as out,
    ):
        _transcode(film, out, span)


def _transcode(film: Any, out: Any, span: Span) -> None:
    source = film.streams.video[0]
    video = out.add_stream("libx264", rate=source.average_rate)
    video.width, video.height = source.codec_context.width, source.codec_context.height
    video.pix_fmt, video.options = "yuv420p", {"preset": "veryfast", "crf": "23"}
    source.codec_context.thread_count = video.codec_context.thread_count = 1
    streams = [source, *film.streams.audio[:1]]
    audio = None
    if len(streams) > 1:
        hertz = streams[1].codec_context.sample_rate
        audio = out.add_stream("aac", rate=hertz, layout=streams[1].codec_context.layout.name)
        audio.bit_rate = SOUND_BITS
    film.seek(int(span[0] * av.time_base))
    ended: set[int] = set()
    for frame in film.decode(*streams):
        picture = isinstance(frame, av.VideoFrame)
        if frame.time >= span[1] - 0.001:
            ended.add(picture)
            if len(ended) == len(streams):
                break
        elif frame.time >= span[0] - 0.001:
            frame.pts -= round(Fraction(span[0]) / frame.time_base)
            if picture:
                frame.pict_type = av.video.frame.PictureType.NONE
            out.mux((video if picture else audio).encode(frame))
    for stream in (video, audio):
        if stream is not None:
            out.mux(stream.encode(None))


def _sample(path: Path, spans: list[Span]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield the picture of every third of a second of each span, with the number of the span."""
    due = [
        (start + step / PER_SECOND, number)
        for number, (start, end) in enumerate(spans)
        for step in range(int((end - start) * PER_SECOND) + 1)
        if step / PER_SECOND < end - start - 0.001
    ]
    due.reverse()
    previous: Any = None
    with av.open(str(path)) as film:
        film.streams.video[0].codec_context.thread_count = 1
        film.seek(int(spans[0][0] * av.time_base))
        for frame in film.decode(video=0):
            while due and due[-1][0] + 0.001 < frame.time:
                shown = previous if previous is not None else frame
                yield due.pop()[1], shown.to_ndarray(format="rgb24")
            if not due:
                return
            previous = frame
        while due and previous is not None:
            yield due.pop()[1], previous.to_ndarray(format="rgb24")
