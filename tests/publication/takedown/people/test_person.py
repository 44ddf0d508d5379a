"""Which values and words mean a person, and which mean somebody or something else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.publication.takedown.people.person import WITHDRAWN, Person

ANN = Person(("Ann",), ("annotator-0011223344",), ("Anna", "Mary Ann", "Ann-Sofie"))
NAMES = st.text(
    st.characters(categories=("Ll", "Lu"), max_codepoint=0x17F), min_size=2, max_size=12
)


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Ann", WITHDRAWN),
        ("as Ann said", f"as {WITHDRAWN} said"),
        ("bench_Ann.csv", f"bench_{WITHDRAWN}.csv"),
        ("(Ann)", f"({WITHDRAWN})"),
        ("Anna, Joanna and Annotator", "Anna, Joanna and Annotator"),
        ("Mary Ann", "Mary Ann"),
        ("Ann-Sofie", "Ann-Sofie"),
        ("Ann\u0303", "Ann\u0303"),
        ("an ann", "an ann"),
        ("annotator-0011223344", WITHDRAWN),
    ],
)
def test_a_name_is_a_word_of_its_own(text, redacted):
    assert ANN.redact(text) == redacted


@pytest.mark.parametrize(
    ("row", "cleaned"),
    [
        ({"annotator": " ANN ", "label": "sad"}, None),
        ({"annotator": "Anna", "label": "Ann"}, {"annotator": "Anna", "label": "Ann"}),
        ({"subtitle": "Ann", "title": "Ann"}, {"subtitle": "Ann", "title": "Ann"}),
        ({"annotators": ["Ann", "Anna"], "n": 2}, {"annotators": ["Anna"], "n": 2}),
        ({"alpha": {"Ann": 1, "Anna": 2}}, {"alpha": {"Anna": 2}}),
        ({"votes": [{"worker": "Ann"}, {"worker": "Anna"}]}, {"votes": [{"worker": "Anna"}]}),
        ({"note": "Ann!", "annotator": "Anna"}, {"note": f"{WITHDRAWN}!", "annotator": "Anna"}),
    ],
)
def test_a_row_of_the_person_goes_and_others_stay(row, cleaned):
    assert ANN.clean_row(row) == cleaned


@given(NAMES, NAMES)
def test_no_other_name_is_touched_and_the_own_one_goes(name, other):
    person = Person((name,), (), (other,) if other != name else ())
    row = {"annotator": other, "note": f"{other} wrote it"}
    if person.is_named(other):
        assert person.clean_row(row) is None
    else:
        assert person.clean_row(row) == row
    text = person.redact(f"-{name}- {json.dumps(name)}")
    assert name not in text.replace(WITHDRAWN, "") or name in "- "


@pytest.mark.parametrize("name", ['Zoë "Z" O\'Brien', "王芳", "José", "A.B", "Ann (2)"])
def test_a_name_goes_in_each_form_in_which_it_is_written(name):
    from html import escape
    from urllib.parse import quote

    person = Person((name,))
    once = json.dumps({"note": name})
    for text in (name, once, json.dumps(once), escape(name), quote(name), f"说{name}!"):
        assert person.is_mentioned(text), text
        assert not person.is_mentioned(person.redact(text)), text
