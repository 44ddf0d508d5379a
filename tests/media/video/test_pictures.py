import av
import numpy as np
import pytest

from libra_emo.media.video.colour import Colours
from libra_emo.media.video.pictures import to_clip_picture, to_one_size

COLOURS = Colours(6, 1, 1, False)


@pytest.mark.parametrize("given", [(160, 96), (96, 160), (320, 90), (33, 51), (2, 200)])
def test_picture_of_another_shape_keeps_it_inside_black_edges(given):
    frame = av.VideoFrame.from_ndarray(np.full((given[1], given[0], 3), 180, np.uint8))
    made = to_clip_picture(frame, (160, 96), COLOURS)
    assert (made.width, made.height, made.format.name) == (160, 96, "yuv420p")
    luma = made.to_ndarray()[:96]
    lit = np.argwhere(luma > 100)
    height, width = lit.max(axis=0) - lit.min(axis=0) + 1
    assert width == 160 or height >= 94
    scale = min(160 / given[0], 96 / given[1])
    assert (width, height) == pytest.approx((given[0] * scale, given[1] * scale), abs=3)
    assert luma.min() == (16 if (width, height) != (160, 96) else luma.max())


def test_all_pictures_of_a_clip_get_the_size_of_the_first():
    pictures = [np.full((*size, 3), 200, np.uint8) for size in ((90, 160), (90, 160), (120, 120))]
    made = to_one_size(pictures)
    assert {picture.shape for picture in made} == {(90, 160, 3)}
    assert made[0] is pictures[0]
    assert (made[2][:, :30] == 0).all()
    assert (made[2][:, 40:120] == 200).all()
