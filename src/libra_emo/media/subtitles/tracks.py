"""Subtitles that are tracks inside a film."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from libra_emo.languages.codes import normalise_language
from libra_emo.media.subtitles.cues import SubtitleError
from libra_emo.media.subtitles.formats.packets import Event, close_events, read_packet
from libra_emo.media.video.decoding import shift_stamps
from libra_emo.media.video.opening import UnreadableFilm, open_film, start_of, time_base_of

TEXT_CODECS = frozenset({"mov_text", "subrip", "srt", "text", "webvtt", "ass", "ssa"})


@dataclass(frozen=True)
class SubtitleTrack:
    """A subtitle track of a film.

    Attributes:
        index: Index among the film's streams.
        language: Language according to the stream.
        is_text: Whether the track contains text; otherwise it contains pictures.
        is_default: Whether the track is marked to be shown by default.
        is_forced: Whether it has subtitles only for the foreign-language parts of the film.
    """

    index: int
    language: str | None
    is_text: bool
    is_default: bool
    is_forced: bool


def list_subtitle_tracks(container: Any) -> list[SubtitleTrack]:
    """Return the subtitle tracks of an open film, in the order of their streams."""
    forced, default = av.stream.Disposition.forced, av.stream.Disposition.default
    return [
        SubtitleTrack(
            index=stream.index,
            language=normalise_language(stream.language),
            is_text=getattr(stream.codec_context, "name", None) in TEXT_CODECS,
            is_default=bool(stream.disposition & default),
            is_forced=bool(stream.disposition & forced),
        )
        for stream in container.streams.subtitles
    ]


def read_subtitle_tracks(film: Path, indices: Collection[int]) -> dict[int, list[Event]]:
    """Return the raw cues of some tracks: start and end in ms from the film's start, and the text.

    The film is read once for all tracks. If the file is cut off, the cues end there.

    Raises:
        SubtitleError: If the film cannot be opened, or does not have one of the tracks.
    """
    try:
        container = open_film(film)
    except UnreadableFilm as error:
        raise SubtitleError(str(error)) from error
    with container:
        streams = [stream for stream in container.streams.subtitles if stream.index in indices]
        if len(streams) < len(set(indices)):
            raise SubtitleError(
                f"{film.name}: it does not have the subtitle tracks {sorted(indices)}"
            )
        late = start_of(container)
        found: dict[int, list[tuple[int, int | None, str]]] = defaultdict(list)
        with suppress(av.error.FFmpegError):
            for packet in container.demux(streams) if streams else ():
                if packet.pts is not None:
                    shift_stamps(packet, -round(late / time_base_of(packet)))
                    found[packet.stream.index].append(read_packet(packet))
    return {index: close_events(found[index]) for index in indices}
