"""Subtitle files in the formats that yt-dlp writes and players read, and in any encoding."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from libra_emo.media.subtitles.cues import SubtitleError
from libra_emo.media.subtitles.encodings import UnknownEncoding, decode_text
from libra_emo.media.subtitles.formats.ass import read_ass
from libra_emo.media.subtitles.formats.json_events import read_json
from libra_emo.media.subtitles.formats.numbered_lines import read_numbered_lines
from libra_emo.media.subtitles.formats.rare import RARE_FORMATS, read_rare
from libra_emo.media.subtitles.formats.raw import RawSubtitle
from libra_emo.media.subtitles.formats.timed_lines import read_timed_lines
from libra_emo.media.subtitles.formats.timed_text import read_markup

MAX_BYTES = 64 << 20  # no subtitle file is this large
_LINE_ENDS = re.compile("\r\r\n|\r\n|\n|\r|\u2028|\u2029|\x85")
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x19]")
_PICTURE_MARKS = (b"\x00\x00\x01\xba", b"PG")  # VobSub and PGS
_PICTURE_ENDINGS = frozenset({".idx", ".sup", ".pgs"})

Reader = Callable[[str], RawSubtitle]


def read_subtitle_file(path: Path, language: str | None = None) -> list[tuple[int, int, str]]:
    """Return the raw cues of a subtitle file: start and end in ms, and the text.

    Comments and drawings of ASS, and blocks of WebVTT that are not cues, are skipped; so are cues
    whose times cannot be read.

    Args:
        path: Subtitle file.
        language: Expected language of the text, if it is known.

    Raises:
        SubtitleError: If the file cannot be read, or is not a subtitle.
    """
    return [cue[:3] for cue in read_subtitle(path, language).cues]


def read_subtitle(
    path: Path, language: str | None = None, rate: float | None = None
) -> RawSubtitle:
    """Return the cues of a subtitle file with their styles, and what cannot be read in it.

    Args:
        path: Subtitle file.
        language: Expected language of the text, if it is known.
        rate: Frames a second of the film, which some formats count.

    Raises:
        SubtitleError: If the file cannot be read, or is not a subtitle.
    """
    text = _read_text(path, language)
    for read in _list_readers(text, path.suffix.lower(), rate):
        found = read(text)
        if found.is_known:
            return found
    raise SubtitleError(
        f"{path.name}: no readable subtitle: it is neither SRT, WebVTT nor ASS, nor of another "
        "known format"
    )


def split_lines(text: str) -> list[str]:
    """Return the lines of a text with any line ends."""
    return _LINE_ENDS.split(text)


def _read_srt(text: str) -> RawSubtitle:
    return read_timed_lines(split_lines(text), is_vtt=False)


def _read_vtt(text: str) -> RawSubtitle:
    found = read_timed_lines(split_lines(text), is_vtt=True)
    found.is_known = found.is_known or text.lstrip("\ufeff \t\r\n").startswith("WEBVTT")
    return found


def _read_ass(text: str) -> RawSubtitle:
    return read_ass(split_lines(text))


def _read_numbered(text: str, rate: float | None) -> RawSubtitle:
    return read_numbered_lines(split_lines(text), rate)


# how formats begin that cannot be mistaken, whatever the file is called
_STARTS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (re.compile("WEBVTT"), _read_vtt),
    (re.compile(re.escape("[Script Info]"), re.IGNORECASE), _read_ass),
    (re.compile(r"<(?:\?xml|tt\b|\w+:tt\b|timedtext|transcript|sami)", re.I), read_markup),
)
_READERS: dict[str, Reader] = {
    **dict.fromkeys((".vtt", ".webvtt"), _read_vtt),
    **dict.fromkeys((".ass", ".ssa"), _read_ass),
    **dict.fromkeys((".ttml", ".dfxp", ".xml", ".tt", ".itt"), read_markup),
    **dict.fromkeys((".srv1", ".srv2", ".srv3", ".smi", ".sami"), read_markup),
    **dict.fromkeys((".json3", ".json"), read_json),
    **{ending: partial(read_rare, ending=ending) for ending in RARE_FORMATS},
}
_NUMBERED_ENDINGS = frozenset({".sub", ".txt", ".lrc", ".mpl", ".mpl2", ".tmp"})


def _list_readers(text: str, ending: str, rate: float | None) -> list[Reader]:
    """Return the readers to try, by the first characters of a text and then by its ending."""
    start = text[:2000].lstrip("\ufeff \t\r\n")
    for pattern, reader in _STARTS:
        if pattern.match(start):
            return [reader]
    by_line = partial(_read_numbered, rate=rate)
    if ending in _NUMBERED_ENDINGS:
        return [by_line, _read_srt, _read_ass]
    first = [_READERS[ending]] if ending in _READERS else []
    return [*first, _read_srt, _read_ass, by_line]


def _read_text(path: Path, language: str | None) -> str:
    try:
        if path.exists() and not path.is_file():
            raise SubtitleError(f"{path.name}: no readable subtitle: it is not a regular file")
        if path.stat().st_size > MAX_BYTES:
            raise SubtitleError(f"{path.name}: no readable subtitle: it is far too large for one")
        content = path.read_bytes()
        if content.startswith(_PICTURE_MARKS) or path.suffix.lower() in _PICTURE_ENDINGS:
            raise SubtitleError(f"{path.name}: no readable subtitle: its cues are pictures")
        text = _decode(content, language).replace("\ufeff", "")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SubtitleError(f"{path.name}: no readable subtitle: {reason}") from error
    if not text.strip():
        raise SubtitleError(f"{path.name}: no readable subtitle: it is empty")
    return text


def _decode(content: bytes, language: str | None) -> str:
    """Return the text of a file; zero bytes, which a damaged disk leaves in it, are dropped."""
    try:
        return decode_text(content, language)
    except UnknownEncoding:
        if b"\x00" not in content or _CONTROL.search(content):
            raise
        return decode_text(content.replace(b"\x00", b""), language)
