"""The choice among the video and audio streams of a film."""

from __future__ import annotations

from typing import Any

import av

from libra_emo.languages.codes import normalise_language, same_language


def choose_video(container: Any) -> Any:
    """Return the video stream of a film; None if it has none.

    FFmpeg's choice is taken: the default stream, then the largest one. An attached picture, such as
    a cover, is not a video stream.
    """
    best = container.streams.best("video")
    if best is None or not _is_cover(best):
        return best
    moving = [stream for stream in container.streams.video if not _is_cover(stream)]
    return max(moving, key=_size_of, default=None)


def choose_audio(container: Any, language: str | None) -> Any:
    """Return the audio stream of a film; None if it has none.

    Among the streams in the film's language, commentaries and descriptions for the blind come last,
    and the default stream comes first. If no stream is in that language, the default stream of the
    film is chosen.

    Args:
        container: Open film.
        language: Language of the film, if it is known.
    """
    spoken = [
        stream for stream in container.streams.audio if same_language(stream.language, language)
    ]
    if not spoken:
        return container.streams.best("audio")
    best = container.streams.best("audio")
    return min(spoken, key=lambda stream: (*_rank(stream), stream is not best, stream.index))


def read_spoken_language(container: Any) -> str | None:
    """Return the language of the default audio stream; None if the stream does not state it."""
    best = container.streams.best("audio")
    return normalise_language(best.language) if best is not None else None


def _is_cover(stream: Any) -> bool:
    kinds = av.stream.Disposition
    return bool(stream.disposition & (kinds.attached_pic | kinds.timed_thumbnails))


def _size_of(stream: Any) -> tuple[int, int]:
    return stream.codec_context.width * stream.codec_context.height, -stream.index


def _rank(stream: Any) -> tuple[bool, bool]:
    kinds = av.stream.Disposition
    beside = kinds.comment | kinds.visual_impaired | kinds.descriptions | kinds.clean_effects
    return bool(stream.disposition & beside), not stream.disposition & kinds.default
