"""Which of a film's picture and sound tracks are read."""

from __future__ import annotations

from typing import Any

import av

from libra_emo.languages.codes import normalise_language, same_language


def choose_video(container: Any) -> Any:
    """Return the stream of a film's picture, None where it has none.

    It is the one that FFmpeg holds for the best: the default one, then the larger one. A picture
    that comes with the film, such as a cover, is none.
    """
    best = container.streams.best("video")
    if best is None or not _is_cover(best):
        return best
    moving = [stream for stream in container.streams.video if not _is_cover(stream)]
    return max(moving, key=_size_of, default=None)


def choose_audio(container: Any, language: str | None) -> Any:
    """Return the stream of a film's sound, None where it has none.

    Of those in the film's language it is the default one, then the first that is no commentary and
    no description for the blind. Where no stream tells that language, it is the film's default.

    Args:
        container: The open film.
        language: The film's language, where known.
    """
    spoken = [each for each in container.streams.audio if same_language(each.language, language)]
    if not spoken:
        return container.streams.best("audio")
    best = container.streams.best("audio")
    return min(spoken, key=lambda each: (*_rank(each), each is not best, each.index))


def tell_language(container: Any) -> str | None:
    """Return the language that the film's default sound tells, None where it tells none."""
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
