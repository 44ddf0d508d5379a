import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.annotation.identity.names import (
    AnnotatorNameError,
    check_name,
    clean_name,
    name_key,
)

INVISIBLE = ["\u200b", "\u200d", "\ufeff", "\u00ad", "\u2060", "\u3164", "\u034f", "\ufe0f", "\x00"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("José", "Jose\u0301"),
        ("José", "JOSÉ"),
        ("José", " jos\u200bé\u00a0"),
        ("Ana  Maria", "ana maria"),
        ("ＡＮＡ", "ana"),
        ("ﬁona", "fiona"),
        ("Weiß", "WEISS"),
        ("王芳", "王\u200d芳"),
    ],
)
def test_spellings_that_only_look_different_are_one_person(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("José", "Jose"), ("ana", "anna"), ("王芳", "王方")])
def test_other_names_are_other_people(one, other):
    assert name_key(one) != name_key(other)


@given(st.text(max_size=20), st.sampled_from(INVISIBLE), st.integers(0, 20))
def test_what_cannot_be_seen_makes_no_difference(name, mark, place):
    marked = name[:place] + mark + name[place:]
    if unicodedata.normalize("NFC", marked.replace(mark, "")) == unicodedata.normalize("NFC", name):
        assert name_key(marked) == name_key(name)


@given(st.text(max_size=30))
def test_a_key_is_its_own_key_and_a_clean_name_stays(name):
    assert name_key(name_key(name)) == name_key(name)
    assert clean_name(clean_name(name)) == clean_name(name)
    assert name_key(clean_name(name)) == name_key(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "is no name"),
        (" \u200b\u3164", "is no name"),
        ("---", "is no name"),
        ("=HYPERLINK(1)", "begins as a formula"),
        ("@ana", "begins as a formula"),
        ("x" * 101, "has 101 characters"),
        ("Аna", "mixes Cyrillic and Latin letters"),
        ("ana \u03b1", "mixes Greek and Latin letters"),
    ],
)
def test_names_that_mislead_are_refused(name, words):
    with pytest.raises(AnnotatorNameError, match=words):
        check_name(name)


@pytest.mark.parametrize(
    "name", ["José Á. Núñez-O'Neil", "王芳", "Иван", "ann@example.org", "7", "O’Brien"]
)
def test_names_of_people_are_taken_as_they_are(name):
    assert check_name(f"  {name} ") == name
