"""The balance of a film's pictures: those in the file against those in its scenes."""

from __future__ import annotations

import numpy as np

from libra_emo.media.films.clip_ledger import Row, ledger_row
from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.scenes import Scene

LEAST_SECONDS = 1.0  # a smaller difference comes from the edges of a film
LEAST_SHARE = 0.01
HIDING_SHARE = 0.1  # of packets with hidden pictures in the codecs that have them
HIDING_CODECS = frozenset({"vp8", "vp9", "av1", "libdav1d", "libvpx", "libvpx-vp9"})


def lost_pictures(source_id: str, reader: FilmReader) -> list[Row]:
    """Return a ledger row if pictures of the file are in no scene, and no gap explains that.

    The packets of the file, which were counted without decoding, are compared with the frames of
    the pass over the film. Gaps between the frames are seen in the scenes, and are taken off.

    Args:
        source_id: Id of the film.
        reader: Reader of the film, after a pass over all of it.
    """
    times = reader.timeline.video
    shown = np.array(reader.list_times(0, None), np.int64)
    if times is None or not times.times.size or not shown.size:
        return []
    steps = np.diff(shown)
    usual = int(np.median(steps)) if steps.size else times.step
    gaps = int((steps - usual)[steps > 1.5 * usual].sum())
    missing = len(times.times) * times.step - len(shown) * usual - gaps
    seconds = float(missing * times.base)
    hiding = reader.stream.codec_context.name in HIDING_CODECS
    share = HIDING_SHARE if hiding else LEAST_SHARE
    if seconds <= max(LEAST_SECONDS, share * float(times.end_s)):
        return []
    rest = Scene(reader.end_ms, reader.end_ms + round(1000 * seconds))
    detail = f"{len(times.times)} pictures are in the file, and {len(shown)} of them in its scenes"
    return [ledger_row(source_id, "unreadable", detail, rest)]
