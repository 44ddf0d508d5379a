import pytest
from jinja2 import UndefinedError

from libra_emo.evaluation.templates import open_templates


def test_values_are_escaped_and_a_missing_one_is_an_error(tmp_path):
    (tmp_path / "page.html").write_text("<p>{{ name }}</p>")
    template = open_templates(tmp_path).get_template("page.html")
    assert template.render(name="<b>") == "<p>&lt;b&gt;</p>"
    with pytest.raises(UndefinedError):
        template.render()
