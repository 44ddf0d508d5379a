"""The tables of a release: sorted, of released films alone, and refused where splits mix."""

import pytest
from support.small_release import CLIPS, make_world

from libra_emo.publication.errors import ReleaseError


def test_labels_of_all_rounds_and_of_the_bench_are_there():
    labels = make_world().parts().tables["labels"]
    counts = labels.groupby(["part", "round"]).size().to_dict()
    assert counts == {("bench", 0): 2 * CLIPS, ("pool", 0): 2 * CLIPS, ("pool", 1): 2 * CLIPS}


def test_rows_of_films_that_are_not_released_are_left_out():
    world = make_world()
    world.split = world.split[world.split["source_id"] != "own-00000001"]
    for name, table in world.parts().tables.items():
        assert "own-00000001" not in set(table["film_id"]), name


def test_a_training_label_of_a_bench_film_is_an_error():
    world = make_world()
    world.split = world.split.assign(side="bench")
    with pytest.raises(ReleaseError, match="its film is in another split"):
        world.parts()


def test_a_label_without_its_clip_is_an_error():
    world = make_world()
    world.candidates = world.candidates.iloc[1:]
    with pytest.raises(ReleaseError, match="a label, but no such clip"):
        world.parts()
