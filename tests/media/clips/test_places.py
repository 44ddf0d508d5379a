from pathlib import Path

import pytest

from libra_emo.media.clips.mp4 import name_clip
from libra_emo.media.clips.places import place_clip
from libra_emo.media.video.scenes import Scene


@pytest.mark.parametrize("film", ["film-b907a13a", "a-b-00000001-00000002-0924036f", "片-0924036f"])
def test_a_clip_lies_in_the_folder_of_its_film(film):
    clip = name_clip(film, Scene(0, 360_000_500))
    assert place_clip(Path("clips"), clip) == Path("clips", film, f"{clip}.mp4")
