import pytest

from libra_emo.annotation.identity.clip_keys import clip_key

KEY = "1a2b3c4d-000012000-000016500"


@pytest.mark.parametrize("name", ["my-film", "a-00000000-000000000-000000001", "film"])
def test_the_name_of_the_film_is_no_part_of_the_key(name):
    assert clip_key(f"{name}-{KEY}") == KEY


@pytest.mark.parametrize("other", ["c1", "", "片段", f"{KEY}-x", "xyz-000012000-000016500"])
def test_ids_of_another_form_are_their_own_keys(other):
    assert clip_key(other) == other
