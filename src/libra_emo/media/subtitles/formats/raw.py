"""Cues as a subtitle file has them, with their markup."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class RawCue(NamedTuple):
    """A cue of a subtitle file.

    Attributes:
        start_ms: Start in milliseconds.
        end_ms: End in milliseconds.
        text: Text with its line breaks and markup.
        style: Style, class or language that the file gives the cue; empty if it gives none.
    """

    start_ms: int
    end_ms: int
    text: str
    style: str = ""


@dataclass
class RawSubtitle:
    """The cues of a subtitle file, and its cues that cannot be read.

    Attributes:
        cues: The cues in the order of the file.
        problems: What cannot be read, one line for each broken cue.
        is_known: Whether the text is a subtitle of the format at all.
    """

    cues: list[RawCue] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_known: bool = False
