import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.media.subtitles.formats.markup import split_markup

PARTS = ["<", ">", "<!--", "-->", "<![CDATA[", "]]>", "<p>", "</p>", 'a="', "'", "&amp;", "x", "/"]


def test_tags_and_texts():
    pieces = list(split_markup('<?xml?><ns:P Begin="1&amp;2" b=3>a &lt; b<br/><!-- <p> --></p>'))
    assert [(p.name, p.text, p.opens, p.closes) for p in pieces] == [
        ("p", "", True, False),
        ("", "a < b", False, False),
        ("br", "", True, True),
        ("p", "", False, True),
    ]
    assert pieces[0].attributes == {"begin": "1&2", "b": "3"}


@given(st.lists(st.sampled_from(PARTS), max_size=60).map("".join))
def test_nothing_raises(text):
    list(split_markup(text))


@pytest.mark.parametrize("part", ["<a ", "<!--", "<![CDATA[", '<a b="', "&", "<p>", "&#9"])
def test_repeated_parts_take_time_in_proportion(part):
    begin = time.monotonic()
    list(split_markup(part * 40_000))
    assert time.monotonic() - begin < 20
