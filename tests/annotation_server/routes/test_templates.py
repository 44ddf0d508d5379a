import pytest
from jinja2 import UndefinedError

from libra_emo.annotation_server.routes.rendering import TEMPLATES
from libra_emo.annotation_server.routes.templates import make_environment
from libra_emo.annotation_server.texts import LANGUAGES, read_texts

PAGES = make_environment(TEMPLATES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_shown_whatever_its_key_is(language):
    texts = read_texts(language)
    for key, text in texts.items():
        assert PAGES.from_string("{{ t." + key + "|safe }}").render(t=texts) == text


def test_every_name_of_a_dictionary_may_be_a_key():
    names = [name for name in dir(dict) if not name.startswith("_")]
    texts = {name: f"text of {name}" for name in names}
    for name in names:
        assert PAGES.from_string("{{ t." + name + " }}").render(t=texts) == texts[name]


def test_methods_of_other_dictionaries_can_be_called():
    assert (
        PAGES.from_string("{% for k, v in t.items() %}{{ k }}{{ v }}{% endfor %}").render(
            t={"a": 1}
        )
        == "a1"
    )


def test_a_missing_value_is_an_error_and_values_are_escaped():
    with pytest.raises(UndefinedError):
        PAGES.from_string("{{ t.missing }}").render(t={})
    assert PAGES.from_string("{{ t.a }}").render(t={"a": "<b>"}) == "&lt;b&gt;"
