"""The check that a clip is not silent where its film has sound."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from libra_emo.errors import LibraEmoError
from libra_emo.media.video.opening import open_film, time_base_of
from libra_emo.media.video.sound import Sound
from libra_emo.media.video.sound_decoding import SoundDecoder
from libra_emo.media.video.streams import choose_audio
from libra_emo.media.video.timeline import StreamTimes

LONGEST_SILENCE_MS = 1000  # a shorter digital silence is not questioned
EDGE_MS = 100  # sound at the edges of a silence may belong to what is around it
EARLIER_MS = 2000
QUIET = 1e-4  # a smaller amplitude, of at most 1, is silence


class LostSound(LibraEmoError):
    """A clip would be silent where its film has sound, which is a fault of the program."""


def require_sound(
    path: Path, language: str | None, times: StreamTimes | None, start_ms: int, sound: Sound
) -> None:
    """Raise if some of a clip is digitally silent where its film has sound.

    The silent part is decoded once more, without seeks to its edge and without conversions. This
    happens only where a second or more is silent to the last bit, which is rare.

    Args:
        path: The film.
        language: Language of the film, by which one of several sound tracks is chosen.
        times: Times of the packets of the sound; None if the film has no sound.
        start_ms: Start of the clip.
        sound: Sound of the clip.

    Raises:
        LostSound: Naming the film and the time.
    """
    if times is None:
        return
    for begin, end in _find_silences(sound):
        edges = start_ms + begin + EDGE_MS, start_ms + end - EDGE_MS
        if _has_sound(path, language, times, *edges):
            raise LostSound(
                f"{path.name}: its sound from {edges[0] / 1000:.3f} s to {edges[1] / 1000:.3f} s "
                "was lost; please report this with the film"
            )


def _find_silences(sound: Sound) -> list[tuple[int, int]]:
    """Return start and end of the long digital silences, in milliseconds from the clip's start."""
    heard = np.flatnonzero(sound.samples.any(axis=0))
    bounds = np.concatenate(([-1], heard, [sound.samples.shape[1]]))
    gaps = np.flatnonzero(np.diff(bounds) > LONGEST_SILENCE_MS * sound.rate / 1000)
    to_ms = 1000 / sound.rate
    return [(int((bounds[gap] + 1) * to_ms), int(bounds[gap + 1] * to_ms)) for gap in gaps]


def _has_sound(
    path: Path, language: str | None, times: StreamTimes, start_ms: int, end_ms: int
) -> bool:
    start, end = Fraction(start_ms, 1000), Fraction(end_ms, 1000)
    with open_film(path) as container:
        stream = choose_audio(container, language)
        decoder = SoundDecoder(container, stream, times)
        blocks = decoder.decode_all()
        if times.is_continuous:
            with suppress(av.error.FFmpegError):
                place = Fraction(max(0, start_ms - EARLIER_MS), 1000) / time_base_of(stream)
                container.seek(int(place - times.shift_of(0)), stream=stream)
                blocks = decoder.decode_after_seek()
        for begins, frame in blocks:
            if begins >= end:
                return False
            if begins >= start and _is_loud(frame.to_ndarray()):
                return True
    return False


def _is_loud(samples: NDArray[Any]) -> bool:
    whole = float(np.iinfo(samples.dtype).max) if samples.dtype.kind in "iu" else 1.0
    return bool(samples.size) and float(np.ptp(samples.astype(np.float64))) > QUIET * whole
