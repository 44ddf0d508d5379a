import hashlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.common.seeding import draw_key, generator

NAMES = st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")), max_size=3)


def test_a_key_is_the_digest_of_seed_and_names():
    """Whoever changes this changes every draw of the default run."""
    assert draw_key(7) == hashlib.sha256(b"7").digest()
    assert draw_key(7, "answer", "c1") == hashlib.sha256(b"7\0answer\0c1").digest()
    assert draw_key(7, "名", 2) == hashlib.sha256("7\0名\x002".encode()).digest()
    assert draw_key(7, "a", "b", separator="/") == hashlib.sha256(b"7/a/b").digest()


def test_a_generator_starts_from_the_whole_key():
    seed = int.from_bytes(hashlib.sha256(b"7\0answer").digest(), "big")
    assert generator(7, "answer").random() == np.random.default_rng(seed).random()


@given(st.integers(), NAMES, st.integers(), NAMES)
def test_two_draws_are_the_same_only_for_the_same_seed_and_names(one, first, other, second):
    same = (one, first) == (other, second)
    assert (draw_key(one, *first) == draw_key(other, *second)) is same
