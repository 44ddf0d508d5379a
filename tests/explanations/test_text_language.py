import pytest

from libra_emo.explanations.text_language import (
    is_in_language,
    quotations,
    request_phrases,
    without_quotations,
)

TEXTS = {
    "en": "His brows are drawn together and his voice rises while he points at her.",
    "de": "Er zieht die Brauen zusammen, und seine Stimme wird laut, als er auf sie zeigt.",
    "fr": "Il fronce les sourcils et sa voix monte pendant qu'il montre la femme du doigt.",
    "es": "Frunce el ceño y su voz sube mientras señala a la mujer con el dedo.",
    "it": "Aggrotta le sopracciglia e la sua voce sale mentre indica la donna con il dito.",
    "pt": "Ele franze a testa e a sua voz sobe enquanto aponta para a mulher com o dedo.",
    "zh": "他皱着眉头，声音很大，用手指着 Mary。",
    "ja": "彼は眉をひそめ、声を荒げて彼女を指さしている。",
    "ko": "그는 눈살을 찌푸리고 목소리를 높이며 그녀를 가리킨다.",
    "ru": "Он хмурит брови, и его голос становится громче.",
    "ar": "يعقد حاجبيه ويرتفع صوته وهو يشير إليها.",
    "hi": "वह भौंहें सिकोड़ता है और उसकी आवाज़ ऊँची हो जाती है।",
}


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_a_text_is_in_its_own_language_and_in_no_other(language):
    assert [code for code in TEXTS if is_in_language(code, TEXTS[language])] == [language]


def test_a_text_without_letters_is_in_none():
    assert not any(is_in_language(code, " 12 …") for code in TEXTS)


def test_quotations_of_every_kind_and_no_apostrophe():
    text = "He says 'I don't know', the girls' faces, “a b”, \"c\", 「d」 and it's over"
    assert quotations(text) == ["'I don't know'", "“a b”", '"c"', "「d」"]
    assert len(without_quotations(text)) == len(text) and "know" not in without_quotations(text)


def test_phrases_are_whole_words_but_in_scripts_without_spaces():
    assert request_phrases("en").search("Labelled as angry")
    assert not request_phrases("en").search("he labelled the box; a unlabeled astronaut")
    assert request_phrases("zh").search("根据标签来看")
    assert request_phrases("fr").search("selon l'étiquette")


def test_a_short_text_passes_where_its_letters_are_right():
    assert is_in_language("de", "Closed fists.") and not is_in_language("ru", "Closed fists.")
