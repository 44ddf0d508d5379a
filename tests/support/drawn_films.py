"""Small films drawn in code: shots of one texture each, with a tone as sound."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SHARED = Path(__file__).parents[2].parent / "shared" / "real"


def write_film(
    path, shots, fps=12, size=(96, 64), tone=True, first_s=0.0, drop=(), codec="libx264", gop=None
):
    """Write a film of shots; frames in `drop` are left out; a keyframe comes every `gop` frames.

    A shot is its length in seconds, of a texture of its own, or a length and what to show: a
    picture, or a list of pictures that are shown one after the other, the last one to the end.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(7)
    with av.open(str(path), "w") as container:
        video = container.add_stream(codec, rate=fps)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000 * fps)
        if gop is not None:
            video.codec_context.gop_size = gop
        audio = container.add_stream("aac", rate=16_000, layout="mono") if tone else None
        number = 0
        for shot, what in enumerate(shots):
            seconds, shown = what if isinstance(what, tuple) else (what, None)
            coarse = random.integers(0, 255, (4, 6, 3), dtype=np.uint8)
            coarse[..., shot % 3] //= 4
            picture = np.kron(coarse, np.ones((size[1] // 4, size[0] // 6, 1), np.uint8))
            textures = [picture, np.roll(picture, 1, axis=1)]
            pictures = shown if isinstance(shown, list) else [shown]
            for place in range(round(seconds * fps)):
                if number not in drop:
                    one = pictures[min(place, len(pictures) - 1)]
                    frame = av.VideoFrame.from_ndarray(
                        textures[number % 2] if shown is None else one
                    )
                    frame.pts = number * 1000 + round(first_s * 1000 * fps)
                    frame.time_base = Fraction(1, 1000 * fps)
                    container.mux(video.encode(frame))
                number += 1
        container.mux(video.encode(None))
        if audio is not None:
            _write_tone(container, audio, first_s + number / fps)
    return path


def _write_tone(container, audio, seconds):
    """Write a tone whose height rises by 100 Hz every second, from 200 Hz."""
    time = np.arange(round(seconds * 16_000)) / 16_000
    height = 200 + 100 * np.floor(time)
    tone = (0.3 * np.sin(2 * np.pi * np.cumsum(height) / 16_000)).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(tone[None], format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = 16_000, 0, Fraction(1, 16_000)
    container.mux(audio.encode(frame))
    container.mux(audio.encode(None))


def write_cues(path, *cues):
    """Write an SRT file of (start_s, end_s, text)."""
    lines = []
    for number, (start, end, text) in enumerate(cues, start=1):
        lines.append(f"{number}\n{_stamp(start)} --> {_stamp(end)}\n{text}\n")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _stamp(seconds):
    whole = round(seconds * 1000)
    return (
        f"{whole // 3600000:02d}:{whole // 60000 % 60:02d}:"
        f"{whole // 1000 % 60:02d},{whole % 1000:03d}"
    )
