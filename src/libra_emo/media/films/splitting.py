"""Long scenes cut where nobody speaks, into pieces of the length of a clip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.subtitles.cues import Cue
from libra_emo.media.video.scenes import Scene

FRAME_MS = 100  # a piece begins with a frame, which may be so much later than planned
EDGE_MS = 200  # a long pause may be cut so far from the words, so that it is a piece of its own
LONG_PAUSE_MS = 1000  # no pause is better than one of this length
CUT_PRICE = 0.1  # of each cut, so that of two ways with equal pauses the one with fewer is taken


@dataclass(frozen=True)
class _Pause:
    """A place to cut, and for how long nobody speaks there."""

    at_ms: int
    length_ms: int

    @property
    def price(self) -> float:
        return CUT_PRICE + 1 - min(self.length_ms, LONG_PAUSE_MS) / LONG_PAUSE_MS


def plan_cuts(scene: Scene, cues: Iterable[Cue], options: PreprocessingOptions) -> list[int]:
    """Return where to cut a scene that is too long, in milliseconds, ascending.

    Cuts lie only between subtitles. Of all ways to cut, the one is taken in which least of the
    scene lies in pieces that no clip can have the length of; among these, the one with the longest
    pauses and the fewest cuts. What cannot be cut to a clip's length stays one piece.

    Args:
        scene: The scene.
        cues: All that is said in the film.
        options: How long a clip may be.
    """
    pauses = _list_pauses(scene, cues)
    places = [scene.start_ms, *(pause.at_ms for pause in pauses), scene.end_ms]
    prices = [0.0, *(pause.price for pause in pauses), 0.0]
    shortest = options.min_scene_seconds * 1000 + FRAME_MS
    longest = options.max_scene_seconds * 1000 - FRAME_MS
    # best[n]: lost milliseconds and price of the best way to the n-th place, and the place before
    best: list[tuple[float, float, int]] = [(0, 0.0, 0)]
    for here in range(1, len(places)):
        lost, price, _ = best[here - 1]
        step = places[here] - places[here - 1]
        options_here = [(lost + step, price + prices[here], here - 1)]
        for before in range(here - 1, -1, -1):
            length = places[here] - places[before]
            if length > longest:
                break
            if length >= shortest:
                options_here.append((best[before][0], best[before][1] + prices[here], before))
        best.append(min(options_here))
    return _read_back(places, best, shortest, longest)


def _read_back(
    places: list[int], best: list[tuple[float, float, int]], shortest: float, longest: float
) -> list[int]:
    """Return the cuts of the best way; lost pieces beside each other are one."""
    way = [len(places) - 1]
    while way[-1] > 0:
        way.append(best[way[-1]][2])
    way.reverse()
    good = [shortest <= places[end] - places[start] <= longest for start, end in pairwise(way)]
    return [
        places[place]
        for place, before, after in zip(way[1:-1], good, good[1:], strict=False)
        if before or after
    ]


def _list_pauses(scene: Scene, cues: Iterable[Cue]) -> list[_Pause]:
    """Return the places within a scene at which nobody speaks: a long pause has two, its edges."""
    spoken = sorted((cue.start_ms, cue.end_ms) for cue in cues)
    pauses: list[_Pause] = []
    here = scene.start_ms
    for start, end in [*spoken, (scene.end_ms, scene.end_ms)]:
        begin, stop = max(here, scene.start_ms), min(start, scene.end_ms)
        length = stop - begin
        if length > 2 * EDGE_MS + LONG_PAUSE_MS:
            pauses += [_Pause(begin + EDGE_MS, length), _Pause(stop - EDGE_MS, length)]
        elif length > 0:
            pauses.append(_Pause(begin + length // 2, length))
        here = max(here, end)
    inside = {pause.at_ms: pause for pause in pauses}
    return [inside[at] for at in sorted(inside) if scene.start_ms < at < scene.end_ms]
