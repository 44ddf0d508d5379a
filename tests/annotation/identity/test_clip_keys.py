import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.media.clips.mp4 import name_clip
from libra_emo.media.films.sources_table import make_slug
from libra_emo.media.video.scenes import Scene

KEY = "1a2b3c4d-00012000-00016500"


@pytest.mark.parametrize("name", ["my-film", "a-00000000-00000000-00000001", "film"])
def test_the_name_of_the_film_is_no_part_of_the_key(name):
    assert clip_key(f"{name}-{KEY}") == KEY


@given(
    names=st.lists(st.text(), min_size=2, max_size=2),
    content=st.text("0123456789abcdef", min_size=8, max_size=8),
    start_ms=st.integers(0, 10**10),
    length_ms=st.integers(1, 10_000),
)
def test_the_ids_that_the_preprocessing_gives_have_a_key(names, content, start_ms, length_ms):
    scene = Scene(start_ms, start_ms + length_ms)
    first, second = (name_clip(f"{make_slug(name)}-{content}", scene) for name in names)
    assert clip_key(first) == clip_key(second)
    assert clip_key(first) == f"{content}-{scene.start_ms:08d}-{scene.end_ms:08d}"


@pytest.mark.parametrize("other", ["c1", "", "片段", f"{KEY}-x", "xyz-00012000-00016500"])
def test_ids_of_another_form_are_their_own_keys(other):
    assert clip_key(other) == other
