"""The check that a copied clip shows what its scene shows, at the same times."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import av
import numpy as np

from libra_emo.media.video.opening import UnreadableFilm, open_film, time_base_of

NEAR_SECONDS = 0.0015  # times are rounded to the units of two containers


def shows_scene(clip: Path, times_s: Sequence[float], first: Any) -> bool:
    """Return whether a clip file has pictures at the given times, and the given first picture.

    A player may see other times than those that were written, and packets may need parameters of
    the decoder that only the film has. The clip is read as a player reads it; of its pictures only
    the first is decoded.

    Args:
        clip: The clip file.
        times_s: Times of the pictures in seconds from the start of the clip, ascending.
        first: First picture of the scene.
    """
    with suppress(av.error.FFmpegError, UnreadableFilm), open_film(clip) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        base = time_base_of(stream)
        packets = [packet for packet in container.demux(stream) if packet.size]
        if any(packet.pts is None or packet.is_discard for packet in packets):
            return False
        shown = sorted(float(packet.pts * base) for packet in packets)
        if len(shown) != len(times_s) or np.abs(np.subtract(shown, times_s)).max() > NEAR_SECONDS:
            return False
        for packet in packets:
            for picture in packet.decode():
                return np.array_equal(picture.to_ndarray(), first.to_ndarray())
    return False
