from itertools import pairwise

import pandas as pd

from libra_emo.students.subsets import take_share


def labels():
    names = ["sad"] * 40 + ["angry"] * 16 + ["hateful"]
    rows = {"clip_id": [f"c{n:03d}" for n in range(57)], "label": names, "origin": "machine"}
    return pd.DataFrame({**rows, "support": 2, "votes": 3, "round": 0})


def test_every_label_gives_its_share_and_the_rarest_one_clip():
    counts = take_share(labels(), 0.25, 7)["label"].value_counts()
    assert counts.to_dict() == {"sad": 10, "angry": 4, "hateful": 1}


def test_smaller_shares_lie_inside_larger_ones():
    shares = [set(take_share(labels(), part, 7)["clip_id"]) for part in (0.125, 0.25, 0.5, 1.0)]
    for smaller, larger in pairwise(shares):
        assert smaller < larger


def test_the_order_of_rows_decides_nothing_and_the_seed_does():
    mixed = labels().sample(frac=1, random_state=1)
    assert take_share(mixed, 0.5, 7).equals(take_share(labels(), 0.5, 7))
    assert not take_share(labels(), 0.5, 8).equals(take_share(labels(), 0.5, 7))


def test_the_whole_is_left_as_it_is():
    assert take_share(labels(), 1.0, 7).equals(labels())
