import hashlib

import numpy as np

from libra_emo.sample.draws import generator


def test_draws_are_those_of_the_first_sample():
    # the films of the default sample rest on this derivation
    key = hashlib.sha256(b"7\x1ffilm\x1f3").digest()[:16]
    expected = np.random.default_rng(int.from_bytes(key, "big")).random(5)
    assert (generator(7, "film", 3).random(5) == expected).all()


def test_every_name_has_draws_of_its_own():
    assert generator(7, "film", 3).random() != generator(7, "film", 4).random()
    assert generator(7, "film", 3).random() != generator(8, "film", 3).random()
