"""Film files whose bytes depend on their pictures and sound alone.

MPEG-4 part 2 with integer transforms on one thread, and FLAC with fixed predictors, in Matroska
without clock or random ids. (x264 gives other bytes with other thread counts.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from libra_emo.sample.heads import Picture
from libra_emo.sample.voices import Sound

QUANTISER = 4  # quantiser of MPEG-4, 2 (best) to 31
KEY_FRAME_SECONDS = 2
AUDIO_CHUNK = 4096


def write_film(
    path: Path,
    scenes: Iterable[tuple[Sound, Iterator[Picture]]],
    width: int,
    height: int,
    frames_per_second: int,
    audio_hertz: int,
) -> None:
    """Write scenes in order into a Matroska file.

    Args:
        path: The file; an older file is overwritten.
        scenes: Sound (mono, -1 to 1) and pictures (blue, green, red) of each scene, equally long.
        width: Width of the pictures in pixels.
        height: Height of the pictures in pixels.
        frames_per_second: Frame rate.
        audio_hertz: Sample rate of the sound.
    """
    with av.open(str(path), "w", format="matroska", options={"fflags": "+bitexact"}) as film:
        video = film.add_stream("mpeg4", rate=frames_per_second)
        assert isinstance(video, av.VideoStream)  # noqa: S101
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.options = {"dct": "int", "idct": "simple", "flags": "+bitexact", "threads": "1"}
        context = video.codec_context
        context.thread_count = 1
        context.qmin = context.qmax = QUANTISER
        context.bit_rate = 20_000_000
        context.gop_size = KEY_FRAME_SECONDS * frames_per_second
        audio = film.add_stream("flac", rate=audio_hertz, layout="mono")
        assert isinstance(audio, av.AudioStream)  # noqa: S101
        audio.options = {"lpc_type": "fixed", "flags": "+bitexact"}
        audio.codec_context.format = "s16"
        shown = heard = 0
        for sound, pictures in scenes:
            for chunk in np.array_split(sound, range(AUDIO_CHUNK, len(sound), AUDIO_CHUNK)):
                film.mux(audio.encode(_audio_frame(chunk, heard, audio_hertz)))
                heard += len(chunk)
            for picture in pictures:
                film.mux(video.encode(_video_frame(picture, shown, frames_per_second)))
                shown += 1
        film.mux(video.encode(None))
        film.mux(audio.encode(None))


def _video_frame(picture: Picture, number: int, frames_per_second: int) -> av.VideoFrame:
    planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
    frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    frame.pts, frame.time_base = number, Fraction(1, frames_per_second)
    return frame


def _audio_frame(sound: Sound, first: int, audio_hertz: int) -> av.AudioFrame:
    samples = np.rint(sound * 32767).astype(np.int16)[None]
    frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
    frame.sample_rate = audio_hertz
    frame.pts, frame.time_base = first, Fraction(1, audio_hertz)
    return frame
