import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from libra_emo.common.modalities import MODALITIES, NAMES, Modalities, parse_modalities
from libra_emo.common.options import Options


class Shown(Options):
    modalities: Modalities = "VAT"


@pytest.mark.parametrize(
    ("written", "letters"),
    [
        ("VAT", "VAT"),
        ("TV", "VT"),
        ("tav", "VAT"),
        ("V", "V"),
        ("VV", "V"),
        ("video", "V"),
        ("face", "V"),
        ("Voice", "A"),
        ("audio, text", "AT"),
        ("video+text", "VT"),
        ("text face", "VT"),
        (["video", "audio", "text"], "VAT"),
        (["text", "video"], "VT"),
        (("face", "voice"), "VA"),
        (["T", "V"], "VT"),
        (["VA", "text"], "VAT"),
        ({"A"}, "A"),
    ],
)
def test_a_set_of_modalities_has_one_spelling(written, letters):
    assert parse_modalities(written) == letters


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("VX", "'VX' is no modality; use letters of VAT, or face, voice, video, audio, text"),
        ("smell", "'smell' is no modality"),
        (["video", "smell"], "'smell' is no modality"),
        ("", "there is no modality"),
        ("  ", "there is no modality"),
        ([], "there is no modality"),
        (None, "None is no set of modalities"),
        (3, "3 is no set of modalities"),
    ],
)
def test_what_is_no_modality_is_refused(written, message):
    with pytest.raises(ValueError, match=message):
        parse_modalities(written)


def test_options_hold_the_letters_and_name_the_key_of_an_error():
    assert Shown(modalities=["text", "face"]).modalities == "VT"
    assert Shown().modalities == "VAT"
    with pytest.raises(ValidationError, match="'taste' is no modality"):
        Shown(modalities="taste")


words = st.sampled_from([*MODALITIES, *MODALITIES.lower(), *NAMES.values(), "face", "voice"])


@given(st.lists(words, min_size=1))
def test_order_repetition_and_form_do_not_matter(written):
    letters = parse_modalities(written)
    assert letters == parse_modalities(written[::-1]) == parse_modalities(", ".join(written))
    assert letters == parse_modalities(letters) == parse_modalities([NAMES[x] for x in letters])
    assert letters == "".join(letter for letter in MODALITIES if letter in letters)
