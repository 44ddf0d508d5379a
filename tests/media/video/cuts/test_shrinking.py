from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange
from hypothesis import given, settings
from hypothesis import strategies as st

from libra_emo.media.video.colour import to_bgr
from libra_emo.media.video.cuts.shrinking import Shrinker, find_grid, size_for_detector

SIZES = [(1280, 720), (1280, 534), (720, 1280), (768, 432), (640, 360), (320, 240), (1280, 719)]


def draw(width, height, seed=0, form="yuv420p", matrix=2, full=False):
    """Return a picture in which each number is another one than its neighbours."""
    picture = av.VideoFrame(width, height, form)
    numbers = np.random.default_rng(seed)
    for plane in picture.planes:
        plane.update(numbers.integers(0, 256, plane.buffer_size, np.uint8).tobytes())
    picture.colorspace = matrix
    picture.color_range = ColorRange.JPEG if full else ColorRange.UNSPECIFIED
    return picture


def shrink_whole(picture, size):
    """Return the small picture as PySceneDetect makes it: converted as a whole, then shrunk."""
    return cv2.resize(to_bgr(picture), size, interpolation=cv2.INTER_LINEAR)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("matrix", [1, 2, 6, 9])
@pytest.mark.parametrize("full", [False, True])
def test_picked_pixels_are_those_of_the_whole_picture(size, matrix, full):
    picture = draw(*size, matrix=matrix, full=full)
    shrinker = Shrinker(picture)
    small = shrinker.shrink(picture)
    assert np.array_equal(small[..., :3], shrink_whole(picture, shrinker.size))


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(16, 700),
    height=st.integers(16, 700),
    form=st.sampled_from(["yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv420p10le", "rgb24"]),
    target=st.tuples(st.integers(1, 12), st.integers(1, 90)),
    odd=st.booleans(),
)
def test_any_picture_is_shrunk_as_a_whole_one_is(width, height, form, target, odd):
    if odd:  # so that its pixels can be picked
        width, height = 96 * target[0], 2 * height
        target = target[0] * 32, target[1]
    picture = draw(width, height, form=form)
    shrinker = Shrinker(picture)
    shrinker.size = target
    assert np.array_equal(shrinker.shrink(picture)[..., :3], shrink_whole(picture, target))


def test_pixels_are_picked_only_where_no_pixels_are_mixed():
    assert find_grid(draw(1280, 720), (256, 144)) is not None
    assert find_grid(draw(1280, 534), (256, 107)) is not None  # all rows, some columns
    assert find_grid(draw(1920, 1080), (256, 144)) is None
    assert find_grid(draw(1270, 720), (254, 144)) is None  # the edge is converted in another way
    assert find_grid(draw(1280, 720, form="yuv444p"), (256, 144)) is None


def test_pictures_of_another_size_and_format_follow():
    shrinker = Shrinker(draw(1280, 720))
    for seed, (size, form) in enumerate(
        [((1280, 720), "yuv420p"), ((640, 360), "yuv420p"), ((1280, 720), "yuv444p")] * 2
    ):
        picture = draw(*size, seed, form)
        small = shrinker.shrink(picture)
        assert np.array_equal(small[..., :3], shrink_whole(picture, (256, 144)))


def test_hdr_is_mapped_before_it_is_shrunk():
    picture = draw(1280, 720, matrix=9)
    picture.color_primaries, picture.color_trc, picture.time_base = 9, 16, Fraction(1, 25)
    assert np.array_equal(Shrinker(picture).shrink(picture), shrink_whole(picture, (256, 144)))


def test_size_is_that_of_scenedetect():
    from scenedetect.scene_manager import compute_downscale_factor

    assert size_for_detector(1280, 720) == (256, 144)
    assert size_for_detector(200, 100) == (200, 100)
    assert size_for_detector(1920, 800)[0] == round(1920 / compute_downscale_factor(1920))
