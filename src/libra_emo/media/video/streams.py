"""The choice among the video and audio streams of a film."""

from __future__ import annotations

from typing import Any

import av

from libra_emo.languages.codes import normalise_language, same_language


def choose_video(container: Any) -> Any:
    """Return the video stream of a film; None if it has none that can be decoded.

    FFmpeg's choice is taken: the default stream, then the largest one. An attached picture, such as
    a cover, is not a video stream.
    """
    best = container.streams.best("video")
    if best is not None and _is_usable(best):
        return best
    usable = [stream for stream in container.streams.video if _is_usable(stream)]
    return max(usable, key=_size_of, default=None)


def choose_audio(container: Any, language: str | None) -> Any:
    """Return the audio stream of a film; None if it has none that can be decoded.

    Among the streams in the film's language, commentaries and descriptions for the blind come last,
    and the default stream comes first. If no stream is in that language, the default stream of the
    film is chosen.

    Args:
        container: Open film.
        language: Language of the film, if it is known.
    """
    usable = [stream for stream in container.streams.audio if stream.codec_context is not None]
    spoken = [stream for stream in usable if same_language(stream.language, language)]
    best = container.streams.best("audio")
    if not spoken and (best is None or best in usable):
        return best
    order = [(*_rank(stream), stream is not best, stream.index) for stream in spoken or usable]
    return (spoken or usable)[order.index(min(order))] if order else None


def describe_unusable(container: Any) -> str | None:
    """Return a warning if no sound track of a film can be decoded; None if there is no trouble."""
    tracks = container.streams.audio
    if not tracks or any(stream.codec_context is not None for stream in tracks):
        return None
    return "its sound has an unknown codec and cannot be decoded; its clips are silent"


def read_spoken_language(container: Any) -> str | None:
    """Return the language of the default audio stream; None if the stream does not state it."""
    best = container.streams.best("audio")
    return normalise_language(best.language) if best is not None else None


def _is_usable(stream: Any) -> bool:
    """Return whether a stream is a moving picture that can be decoded."""
    kinds = av.stream.Disposition
    is_cover = bool(stream.disposition & (kinds.attached_pic | kinds.timed_thumbnails))
    return not is_cover and stream.codec_context is not None


def _size_of(stream: Any) -> tuple[int, int]:
    return stream.codec_context.width * stream.codec_context.height, -stream.index


def _rank(stream: Any) -> tuple[bool, bool]:
    kinds = av.stream.Disposition
    beside = kinds.comment | kinds.visual_impaired | kinds.descriptions | kinds.clean_effects
    return bool(stream.disposition & beside), not stream.disposition & kinds.default
