from pathlib import Path

import pytest

from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.taxonomy import TaxonomyError, read_label_data, read_taxonomy

TAXONOMY = read_taxonomy()


def test_every_label_has_synonyms_and_none_is_claimed_twice() -> None:
    data = read_label_data("synonyms")["synonyms"]
    assert list(data) == list(TAXONOMY.labels)
    words = [word for label in data for word in data[label]]
    assert len(words) == len(set(words))
    assert not set(words) & {*TAXONOMY.labels, TAXONOMY.other}
    assert not set(words) & {emotion.chinese for emotion in TAXONOMY.emotions}


def test_words_within_words_are_no_mention() -> None:
    lexicon = Lexicon(TAXONOMY)
    assert [m.label for m in lexicon.mentions("The sadist was unhappy, sadly.")] == ["sad", "sad"]
    assert lexicon.mentions("a neutral-toned wall, neutral colours") == []


def test_a_word_for_two_labels_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "synonyms.yml").write_text("synonyms: {sad: [blue], angry: [Blue]}")
    with pytest.raises(
        TaxonomyError, match=r"'blue' stands for both angry and sad|both sad and angry|both angry"
    ):
        Lexicon(TAXONOMY, folder=tmp_path)


def test_a_wrong_file_names_the_key(tmp_path: Path) -> None:
    (tmp_path / "synonyms.yml").write_text("synonyms: {sad: blue}")
    with pytest.raises(TaxonomyError, match=r"synonyms\.yml: synonyms\.sad"):
        Lexicon(TAXONOMY, folder=tmp_path)


def test_only_labels_of_the_taxonomy_can_be_permitted() -> None:
    with pytest.raises(TaxonomyError, match="'bored' is not a label"):
        Lexicon(TAXONOMY, ["sad", "bored"])
