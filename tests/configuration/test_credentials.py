import pytest

from libra_emo.configuration.credentials import check_credentials
from libra_emo.configuration.loader import ConfigurationError, LayeredConfigLoader


def error_of(tmp_path, local):
    for name, text in {
        "base/parameters.yml": "seed: 1\n",
        "base/credentials.yml": "llm_keys: {}\n",
        "local/credentials.yml": local,
    }.items():
        path = tmp_path / "conf" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    loader = LayeredConfigLoader(str(tmp_path / "conf"), "local", {}, base_env="base")
    try:
        check_credentials(loader)
    except ConfigurationError as error:
        assert "marked" not in str(error) and "\n" not in str(error)
        return str(error)
    return None


def test_keys_pass(tmp_path):
    assert error_of(tmp_path, "llm_keys: {gpt: sk-marked, GEMINI_API_KEY: other}\n") is None
    assert error_of(tmp_path, "llm_keys:\n") is None


@pytest.mark.parametrize(
    ("local", "line"),
    [
        ("llm_keys: [sk-marked]\n", "llm_keys: must be a mapping from names to keys"),
        ("llm_keys: sk-marked\n", "llm_keys: must be a mapping from names to keys"),
        ("llm_keys: {gpt: 5}\n", "llm_keys.gpt: must be a key as text, without spaces"),
        ("llm_keys: {gpt: ' marked'}\n", "llm_keys.gpt: must be a key as text, without spaces"),
        ("llm_keys: {gpt: ''}\n", "llm_keys.gpt: must be a key as text, without spaces"),
    ],
)
def test_what_is_no_key_is_reported_with_file_and_name(tmp_path, local, line):
    assert error_of(tmp_path, local) == f"conf/local/credentials.yml: {line}"


def test_a_file_that_is_no_yaml_does_not_show_its_keys(tmp_path):
    assert error_of(tmp_path, "llm_keys: {gpt: sk-marked\n  x: [\n") is not None
