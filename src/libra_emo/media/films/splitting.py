"""The splitting of long scenes, at pauses of the speech, into parts of the length of a clip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.subtitles.cues import Cue
from libra_emo.media.video.scenes import Scene

FRAME_MS = 100  # a part begins with a frame, which may be so much later than planned
EDGE_MS = 200  # a long pause may be cut so far from the words, and is then a part of its own
LONG_PAUSE_MS = 1000  # a longer pause is no better than one of this length
CUT_COST = 0.1  # cost of each cut, so that fewer cuts are preferred where pauses are equal


@dataclass(frozen=True)
class _Pause:
    """A possible cut, and the length of the pause around it."""

    at_ms: int
    length_ms: int

    @property
    def cost(self) -> float:
        return CUT_COST + 1 - min(self.length_ms, LONG_PAUSE_MS) / LONG_PAUSE_MS


def plan_cuts(scene: Scene, cues: Iterable[Cue], options: PreprocessingOptions) -> list[int]:
    """Return where to cut a scene that is too long, in milliseconds, ascending.

    Cuts lie only between subtitles. The chosen cuts leave the least possible time in parts that
    are too short or too long for a clip; among such choices they have the longest pauses and the
    smallest number. Neighbouring parts that cannot become clips stay together.

    Args:
        scene: The scene.
        cues: All cues of the film.
        options: Limits of the length of a clip.
    """
    pauses = _list_pauses(scene, cues)
    places = [scene.start_ms, *(pause.at_ms for pause in pauses), scene.end_ms]
    costs = [0.0, *(pause.cost for pause in pauses), 0.0]
    shortest = options.min_scene_seconds * 1000 + FRAME_MS
    longest = options.max_scene_seconds * 1000 - FRAME_MS
    # best[n]: lost milliseconds and cost of the best cuts up to the n-th place, and the cut before
    best: list[tuple[float, float, int]] = [(0, 0.0, 0)]
    for here in range(1, len(places)):
        lost, cost, _ = best[here - 1]
        step = places[here] - places[here - 1]
        choices = [(lost + step, cost + costs[here], here - 1)]
        for before in range(here - 1, -1, -1):
            length = places[here] - places[before]
            if length > longest:
                break
            if length >= shortest:
                choices.append((best[before][0], best[before][1] + costs[here], before))
        best.append(min(choices))
    return _trace_back(places, best, shortest, longest)


def _trace_back(
    places: list[int], best: list[tuple[float, float, int]], shortest: float, longest: float
) -> list[int]:
    """Return the best cuts; neighbouring parts that are lost anyway are joined."""
    path = [len(places) - 1]
    while path[-1] > 0:
        path.append(best[path[-1]][2])
    path.reverse()
    good = [shortest <= places[end] - places[start] <= longest for start, end in pairwise(path)]
    return [
        places[place]
        for place, before, after in zip(path[1:-1], good, good[1:], strict=False)
        if before or after
    ]


def _list_pauses(scene: Scene, cues: Iterable[Cue]) -> list[_Pause]:
    """Return the pauses of the speech within a scene; a long one gives a cut at both edges."""
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
