"""The decoding of copied packets: the pictures that models see, and those they depend on.

A picture of H.264 that is marked as no reference is needed for no other one (ITU-T H.264, 7.4.1).
x264 marks about half of its pictures so. Those that are not wanted are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av

from libra_emo.media.clips.remuxing import VideoPackets
from libra_emo.media.video.colour import Colours, read_colours
from libra_emo.media.video.decoding import Frame
from libra_emo.media.video.opening import time_base_of, to_ms

SKIP_NONE, SKIP_NO_REFERENCE = "DEFAULT", "NONREF"  # FFmpeg's names


def decode_wanted(video: VideoPackets, wanted: set[int]) -> dict[int, Frame]:
    """Return the wanted pictures of a scene by their times (`pts`), as decoding all would give.

    None are returned if a picture is missing or damaged, or if their form changes: such a scene is
    not to be copied. Packets must be decoded before they are written elsewhere.

    Args:
        video: Packets of the scene, of which the first is a keyframe.
        wanted: Times of the wanted pictures.
    """
    base = time_base_of(video.stream)
    found: dict[int, Frame] = {}
    forms: set[tuple[int, int, str, Colours]] = set()
    try:
        for picture in _decode(video, wanted):
            picture.time_base = base
            forms.add((picture.width, picture.height, picture.format.name, read_colours(picture)))
            is_upright = video.corrector.apply(picture) is picture
            if picture.is_corrupt or not is_upright or len(forms) > 1:
                return {}
            if picture.pts in wanted:
                found[picture.pts] = Frame(to_ms(picture.pts, base), picture, base)
    except av.error.FFmpegError:
        return {}
    return found if len(found) == len(wanted) else {}


def _decode(video: VideoPackets, wanted: set[int]) -> Iterator[Any]:
    """Yield the wanted pictures, and all on which others may depend."""
    context = video.stream.codec_context
    context.flush_buffers()
    try:
        for packet in video.packets:
            # one thread decodes a packet when it is given, so this holds for this packet alone
            context.skip_frame = SKIP_NONE if packet.pts in wanted else SKIP_NO_REFERENCE
            yield from context.decode(packet)
        yield from context.decode(None)
    finally:
        context.skip_frame = SKIP_NONE
        context.flush_buffers()
