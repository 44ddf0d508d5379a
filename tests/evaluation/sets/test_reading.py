import pytest

from libra_emo.evaluation.sets.reading import read_set
from libra_emo.evaluation.sets.set_classes import SetError
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()


def own(tmp_path, labels):
    place = tmp_path / "mine.csv"
    place.write_text("clip_id,label\n" + "".join(f"c{i},{x}\n" for i, x in enumerate(labels)))
    return place


def test_labels_of_the_taxonomy_make_a_set_of_thirteen_or_of_seven_classes(tmp_path):
    place = own(tmp_path, ["Sad", "hateful"])
    fine = read_set(str(place), TAXONOMY)
    assert [fine.classes.names[place] for place in fine.truth] == ["sad", "hateful"]
    coarse = read_set(str(place), TAXONOMY, coarse=True)
    assert [coarse.classes.names[place] for place in coarse.truth] == ["sad", "angry"]
    assert fine.name == "mine"


def test_other_labels_make_classes_of_their_own(tmp_path):
    found = read_set(str(own(tmp_path, ["bored", "calm", "bored"])), TAXONOMY)
    assert found.classes.names == ("bored", "calm")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("nothing", {}, "neither a set nor a file of this name; the sets are bench, dfew"),
        ("dfew", {"coarse": True}, "has classes of its own"),
        ("bench", {"truth": "nowhere.parquet"}, "there is no bench with labels; run `kedro run"),
    ],
)
def test_what_is_not_there_is_said(tmp_path, name, options, message):
    if "truth" in options:
        options = {"truth": tmp_path / options["truth"]}
    with pytest.raises(SetError, match=message):
        read_set(name, TAXONOMY, **options)


def test_one_wrong_label_among_right_ones_is_an_error_not_a_class(tmp_path):
    place = own(tmp_path, ["sad", "happy", "angry", "neutral", "surprized"])
    with pytest.raises(SetError, match="'surprized' is not a label"):
        read_set(str(place), TAXONOMY)


def test_chinese_names_of_labels_are_labels(tmp_path):
    found = read_set(str(own(tmp_path, ["悲伤", "Happy", "绝望"])), TAXONOMY)
    assert [found.classes.names[place] for place in found.truth] == ["sad", "happy", "despairful"]
    coarse = read_set(str(own(tmp_path, ["悲伤", "绝望"])), TAXONOMY, coarse=True)
    assert [coarse.classes.names[place] for place in coarse.truth] == ["sad", "sad"]


@pytest.mark.parametrize(
    ("ids", "found"), [(["001", "002"], True), (["1", "02"], False), (["a01", "a02"], False)]
)
def test_numbers_of_one_length_may_lose_their_zeros(tmp_path, ids, found):
    place = tmp_path / "mine.csv"
    place.write_text("clip_id,label\n" + "".join(f"{clip},sad\n" for clip in ids))
    assert (read_set(str(place), TAXONOMY).place("2") == 1) == found


def test_a_row_without_an_id_is_named(tmp_path):
    place = tmp_path / "mine.csv"
    place.write_text("clip_id,label\nc0,sad\n,sad\n")
    with pytest.raises(SetError, match=r"mine\.csv: row 2 has no clip id"):
        read_set(str(place), TAXONOMY)
