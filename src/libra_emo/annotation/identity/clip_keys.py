"""The part of a clip's id that a new file name of its film does not change."""

from __future__ import annotations

import re
from typing import Final

# a clip's id is the film's name, 8 hex digits of its content, start and end in milliseconds, as
# `libra_emo.media.clips.mp4.name_clip` writes them: with 8 digits, and more from 28 hours on
_PARTS: Final = re.compile(r"(?:.*-)?([0-9a-f]{8}-\d{8,}-\d{8,})", re.DOTALL)


def clip_key(clip_id: str) -> str:
    """Return the key by which votes find their clip: content, start and end, without the name.

    An id of another form is its own key.
    """
    match = _PARTS.fullmatch(clip_id)
    return match[1] if match else clip_id
