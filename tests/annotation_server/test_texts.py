import re

import pytest

from libra_emo.annotation.queue_rows import REASONS
from libra_emo.annotation_server.routes.rendering import TEMPLATES
from libra_emo.annotation_server.texts import LANGUAGES, choose_language, read_texts

STATIC = TEMPLATES.parent / "static"


def test_every_language_has_the_same_texts_with_the_same_values():
    english, chinese = (read_texts(language) for language in LANGUAGES)
    assert list(english) == list(chinese)
    for key, text in english.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", chinese[key])), key
        assert chinese[key].strip()


def test_pages_and_scripts_use_texts_that_there_are():
    used = set()
    for path in [*TEMPLATES.glob("*.j2"), *STATIC.glob("*.js")]:
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"\b(?:t|texts)\.(\w+)", text))
    assert used and used <= set(read_texts("en"))


@pytest.mark.parametrize("path", sorted(STATIC.iterdir()), ids=lambda path: path.name)
def test_nothing_comes_from_another_host(path):
    assert "://" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "de-DE", "en"),
        (None, "", "en"),
        ("en", "zh-CN", "en"),
        ("zh", "en", "zh"),
        ("../x", "en", "en"),
    ],
)
def test_the_choice_of_a_person_comes_first(chosen, accepted, language):
    assert choose_language(chosen, accepted) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_asking_has_its_word(language):
    assert {f"because_{reason}" for reason in REASONS} <= set(read_texts(language))
