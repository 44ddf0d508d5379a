"""The frames of shards: shrunk in the colours of the film."""

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from libra_emo.common.images import shrink_to_fit
from libra_emo.media.video.colour import to_rgb, to_small_rgb

CAREFUL = (
    Interpolation.BICUBIC
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.FULL_CHR_H_INP
)
BT601, BT709 = Colorspace.ITU601, Colorspace.ITU709
FORMS = {  # size, format, matrix, and whether the range is full
    "HD": ((1280, 720), "yuv420p", BT709, False),
    "upright": ((720, 1280), "yuv420p", BT709, False),
    "full HD": ((1920, 1080), "yuv420p", BT709, False),
    "full range": ((854, 480), "yuvj420p", BT709, True),
    "full range, BT.601": ((640, 480), "yuv420p", BT601, True),
    "ten bits": ((1280, 720), "yuv420p10le", BT709, False),
    "4:2:2": ((1280, 720), "yuv422p", BT709, False),
    "4:4:4": ((1280, 720), "yuv444p", BT709, False),
    "odd": ((1001, 563), "yuv420p", BT709, False),
    "hardly larger": ((450, 300), "yuv420p", BT709, False),
    "very wide": ((2000, 60), "yuv420p", BT709, False),
}


def draw(size):
    """Return soft spots of all colours, with grain."""
    random = np.random.default_rng(5)
    coarse = random.integers(0, 255, (size[1] // 24 + 2, size[0] // 24 + 2, 3), np.uint8)
    spots = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC).astype(float)
    return np.clip(0.8 * spots + 25 + random.normal(0, 3, spots.shape), 0, 255).astype(np.uint8)


def store(rgb, form, matrix, is_full):
    made = VideoReformatter().reformat(
        av.VideoFrame.from_ndarray(rgb, format="rgb24"),
        format=form,
        dst_colorspace=matrix,
        dst_color_range=ColorRange.JPEG if is_full else ColorRange.MPEG,
        interpolation=CAREFUL,
    )
    made.colorspace = {BT709: 1, BT601: 6}[matrix]
    made.color_primaries = made.color_trc = 1
    made.color_range = ColorRange.JPEG if is_full else ColorRange.MPEG
    made.pts, made.time_base = 0, Fraction(1, 25)
    return made


def ratio_db(one, two):
    """Return the peak signal-to-noise ratio in decibels."""
    return 10 * np.log10(255**2 / np.mean((one.astype(float) - two) ** 2))


@pytest.mark.parametrize(("size", "form", "matrix", "is_full"), FORMS.values(), ids=list(FORMS))
def test_small_picture_is_the_mean_of_the_drawn_one(size, form, matrix, is_full):
    rgb = draw(size)
    made = to_small_rgb(store(rgb, form, matrix, is_full), 448)
    wanted = shrink_to_fit(rgb, 448)
    assert made.shape == wanted.shape
    assert max(made.shape) == 448
    assert ratio_db(made, wanted) > 43
    # storing in full range is not exact itself
    least = 1.0 if is_full else 0.05
    assert np.abs(np.mean(made.astype(float) - wanted, axis=(0, 1))).max() < least


def test_usual_small_films_and_small_pictures_keep_their_bytes():
    sd = store(draw((640, 360)), "yuv420p", BT601, False)
    assert np.array_equal(to_small_rgb(sd, 448), shrink_to_fit(to_rgb(sd), 448))
    small = store(draw((448, 252)), "yuv420p", BT709, False)
    assert np.array_equal(to_small_rgb(small, 448), to_rgb(small, exact=True))


@pytest.mark.parametrize("tags", [(9, 16), (9, 18), (12, 1)], ids=["PQ", "HLG", "Display P3"])
def test_what_is_mapped_is_shrunk_as_it_is_shown(tags):
    picture = store(draw((960, 540)), "yuv420p10le", BT709, False)
    picture.color_primaries, picture.color_trc = tags
    assert np.array_equal(to_small_rgb(picture, 448), shrink_to_fit(to_rgb(picture), 448))


def test_rgb_is_shrunk_as_it_is():
    rgb = draw((960, 540))
    picture = av.VideoFrame.from_ndarray(rgb, format="rgb24")
    assert np.array_equal(to_small_rgb(picture, 448), shrink_to_fit(rgb, 448))
