import pytest

from libra_emo.annotation_server.texts import LANGUAGES
from libra_emo.annotation_server.texts.emotions import contrast_cards, describe_emotions
from libra_emo.taxonomy import Emotion, Taxonomy, read_label_data, read_taxonomy

TAXONOMY = read_taxonomy()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pair_of_neighbours_has_one_card_in_each_language(language):
    cards = contrast_cards(TAXONOMY, language)
    pairs = [frozenset(each["label"] for each in card["emotions"]) for card in cards]
    neighbours = {frozenset((e.label, n)) for e in TAXONOMY.emotions for n in e.neighbours}
    assert len(pairs) == len(set(pairs)) and set(pairs) == neighbours
    assert all(card["text"] for card in cards)
    known = {frozenset(card["labels"]) for card in read_label_data("contrasts")["contrasts"]}
    assert known == neighbours


def test_definitions_are_in_the_pages_language():
    for emotion in describe_emotions(TAXONOMY, "zh"):
        assert emotion["language"] == "zh-Hans" and emotion["name"].split()[1] == emotion["label"]
    english = {each["label"]: each["definition"] for each in describe_emotions(TAXONOMY, "en")}
    assert english == {emotion.label: emotion.definition for emotion in TAXONOMY.emotions}


def test_labels_that_the_projects_data_do_not_know_are_described_by_their_taxonomy():
    emotions = tuple(
        Emotion(label=name, type="neutral", coarse="a", definition=f"Like {name}.", neighbours=pair)
        for name, pair in (("a", ("b",)), ("b", ("a",)))
    )
    (card,) = contrast_cards(Taxonomy(emotions=emotions), "zh")
    assert card["text"] == ""
    assert [each["definition"] for each in card["emotions"]] == ["Like a.", "Like b."]
    assert card["emotions"][0]["language"] == "en"
