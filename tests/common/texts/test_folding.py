import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.common.texts.folding import Prefilter, fold, longest_piece

# letters with which case is difficult, and some without case
LETTERS = st.sampled_from("aiskAISK İıſKßẞσςΣéÉµμ你好吗'-.1")
TEXTS = st.text(LETTERS, max_size=12)


@given(word=TEXTS, before=TEXTS, after=TEXTS, change=st.sampled_from([str, str.upper, str.lower]))
def test_a_text_that_a_word_matches_holds_its_piece(word, before, after, change):
    text = before + change(word) + after
    if re.search(re.escape(word), text, re.IGNORECASE):
        assert longest_piece(word) in fold(text)


@given(text=st.text())
def test_folding_keeps_the_places_of_letters(text):
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(("text", "piece"), [("Oh My", "oh my"), ("é", ""), ("你好 ab", "你好")])
def test_pieces(text, piece):
    assert len(longest_piece(text)) >= len(piece)
    assert longest_piece(text) in fold(text)


@given(words=st.lists(TEXTS, max_size=8), text=TEXTS)
def test_no_word_that_a_text_holds_is_left_out_or_comes_twice(words, text):
    pieces = [longest_piece(word) for word in words]
    found = list(Prefilter(enumerate(pieces)).possible(fold(text)))
    assert sorted(found) == [
        n for n, piece in enumerate(pieces) if piece in fold(text) or len(piece) < 2
    ]
