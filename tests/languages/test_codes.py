import pytest

from libra_emo.languages.codes import (
    knows_language,
    normalise_language,
    read_languages,
    related_languages,
    same_language,
)


@pytest.mark.parametrize(
    ("language", "tag"),
    [
        ("eng", "en"),
        ("en", "en"),
        ("EN_us", "en-us"),
        ("English", "en"),
        ("ger", "de"),
        ("deu", "de"),
        ("Deutsch", "de"),
        ("chi", "zh"),
        ("zho-Hans", "zh-Hans"),
        ("zh-CN", "zh-CN"),
        ("chs", "zh-Hans"),
        ("繁體中文", "zh-Hant"),
        ("日本語", "ja"),
        ("und", None),
        ("", None),
        (None, None),
        ("tlh", "tlh"),
        ("Klingon", "Klingon"),
    ],
)
def test_codes_and_names_become_tags(language, tag):
    assert normalise_language(language) == tag


def test_region_and_script_make_no_other_language():
    assert same_language("zh-Hans", "chi")
    assert same_language("en-GB", "eng")
    assert not same_language("en", "de")
    assert not same_language(None, None)
    assert not same_language("und", "und")


def test_near_languages_are_related():
    assert related_languages("hr", "srp")
    assert related_languages("no", "da")
    assert not related_languages("de", "nl")


def test_no_code_or_name_means_two_languages():
    seen = {}
    from libra_emo.languages.codes import _content

    for code, entry in _content().items():
        for name in (code, *entry["three"], *entry["names"]):
            assert seen.setdefault(name.lower(), code) == code
    assert knows_language("pt-BR")
    assert not knows_language("Klingon")


def test_old_encodings_are_known_to_python():
    for language in read_languages().values():
        for encoding in language.encodings:
            "a".encode(encoding)
