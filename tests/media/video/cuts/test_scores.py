import numpy as np
import pytest
from scenedetect import ContentDetector

from libra_emo.media.video.cuts.scores import FrameScores


@pytest.mark.parametrize("channels", [3, 4])
def test_scores_are_those_of_pyscenedetect(channels):
    random = np.random.default_rng(3)
    pictures = [random.integers(0, 255, (72, 128, channels), dtype=np.uint8) for _ in range(4)]
    detector, scores = ContentDetector(), FrameScores()
    for picture in pictures:
        wanted = detector._calculate_frame_score(None, picture[..., :3])
        assert scores.score(None, picture) == wanted
