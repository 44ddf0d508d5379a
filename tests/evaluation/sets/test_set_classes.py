import pytest

from libra_emo.evaluation.sets.reading import ADAPTERS
from libra_emo.evaluation.sets.set_classes import (
    coarse_classes,
    fine_classes,
    other_classes,
    read_set_classes,
)
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()


@pytest.mark.parametrize("name", ADAPTERS)
def test_every_label_stands_for_one_class_or_none(name):
    classes = read_set_classes(name, TAXONOMY)
    places = [classes.place_of_answer(label) for label in TAXONOMY.labels]
    without = [label for label, place in zip(TAXONOMY.labels, places, strict=True) if place is None]
    assert without == (["surprised"] if name == "crema_d" else [])
    for each in classes.classes:
        own = {TAXONOMY[label].type for label in each.labels}
        assert own <= {each.type}


@pytest.mark.parametrize("name", ["dfew", "meld"])
def test_sets_of_seven_classes_follow_the_coarse_parents(name):
    classes = read_set_classes(name, TAXONOMY)
    groups = {frozenset(each.labels) for each in classes.classes}
    assert groups == {frozenset(each.labels) for each in coarse_classes(TAXONOMY, "").classes}


def test_classes_are_named_by_owners_codes_and_labels():
    classes = read_set_classes("dfew", TAXONOMY)
    assert classes.place_of_truth("7") == classes.place_of_truth("Fear") == 6
    assert classes.place_of_truth(4.0) == classes.place_of_answer("hateful") == 3
    assert classes.place_of_answer(" ANGER ") == 3
    assert classes.place_of_answer("7") is None  # which numbers are meant is not known
    assert classes.place_of_answer("bored") is None


def test_the_taxonomy_itself_fine_and_coarse():
    fine, coarse = fine_classes(TAXONOMY, "bench"), coarse_classes(TAXONOMY, "bench")
    assert fine.names == TAXONOMY.labels
    assert sum(fine.negative) == 8
    assert coarse.names == TAXONOMY.coarse_labels
    assert sum(coarse.negative) == 4
    assert coarse.names[coarse.place_of_answer("despairful")] == "sad"
    assert other_classes({"b", "a"}, "mine").negative == (False, False)
