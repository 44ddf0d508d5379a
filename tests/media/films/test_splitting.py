from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libra_emo.media.films.splitting import plan_cuts
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.subtitles.cues import Cue
from libra_emo.media.video.scenes import Scene

OPTIONS = PreprocessingOptions()


def plan(scene, *spans):
    cues = [Cue(round(start * 1000), round(end * 1000), "words") for start, end in spans]
    return plan_cuts(Scene(scene[0] * 1000, scene[1] * 1000), cues, OPTIONS)


def lost(cuts, start, end):
    """Return the milliseconds in pieces that are no clips."""
    lengths = [b - a for a, b in pairwise([start, *cuts, end])]
    return sum(length for length in lengths if not 3100 <= length <= 9900)


def test_scene_is_cut_in_the_middle_of_pauses():
    assert plan((0, 16), (0.5, 7.5), (8.5, 15)) == [8000]


def test_longest_pauses_are_taken():
    cuts = plan((10, 26), (10, 15), (15.2, 18), (18.8, 21), (21.1, 26))
    assert cuts == [18400]


def test_no_more_cuts_than_are_needed():
    spans = [(2 * number, 2 * number + 1.5) for number in range(9)]
    assert len(plan((0, 18), *spans)) == 1


def test_scene_without_words_stays_whole():
    assert plan((0, 40)) == []


def test_scene_without_a_pause_stays_whole():
    assert plan((0, 30), (0, 16), (15, 30)) == []


def test_long_silence_is_a_part_of_its_own():
    # a silence from 8 to 30 s is too long for a clip, and is not part of the clips around it
    assert plan((0, 36), (1, 8), (30, 35)) == [8200, 29800]


def test_words_beyond_the_scene_do_not_count():
    assert plan((10, 26), (0, 9), (11, 17.5), (18.5, 25), (27, 30)) == [18000]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40_000), st.integers(200, 6000)), max_size=9),
    st.integers(11_000, 40_000),
)
def test_cuts_hurt_no_word(spans, length):
    cues = [Cue(start, start + seconds, "words") for start, seconds in spans]
    scene = Scene(0, length)
    cuts = plan_cuts(scene, cues, OPTIONS)
    assert cuts == sorted(set(cuts))
    assert all(0 < cut < length for cut in cuts)
    assert not any(cue.start_ms < cut < cue.end_ms for cue in cues for cut in cuts)


@pytest.mark.parametrize(
    "spans",
    [
        [(0, 4), (4.4, 9), (9.6, 14), (14.2, 19), (20, 26)],
        [(1, 2), (12, 14), (15, 25.5)],
        [(0, 11), (11.5, 15), (15.5, 18), (25, 29)],
    ],
)
def test_as_little_is_lost_as_by_any_choice_of_the_pauses(spans):
    edges = [0.0, *(edge for span in spans for edge in span), 30.0]
    places = []
    for end, start in zip(edges[::2], edges[1::2], strict=True):
        gap = start - end
        places += [end + 0.2, start - 0.2] if gap > 1.4 else [(end + start) / 2] if gap > 0 else []
    places = [round(place * 1000) for place in places]
    best = min(
        lost(chosen, 0, 30_000)
        for count in range(len(places) + 1)
        for chosen in combinations(places, count)
    )
    assert lost(plan((0, 30), *spans), 0, 30_000) == best
