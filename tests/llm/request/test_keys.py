import pickle

from libra_emo.llm.request.keys import Keys


def test_a_models_own_key_goes_before_its_providers() -> None:
    keys = Keys({"gpt": "own", "OPENAI_API_KEY": "shared", "empty": ""})
    found = [keys.find(name, "openai") for name in ("gpt", "other", "empty")]
    assert [key.get_secret_value() for key in found if key] == ["own", "shared", "shared"]
    assert keys.find("other", "") is None


def test_a_key_is_shown_nowhere_and_survives_the_way_to_another_process() -> None:
    keys = Keys({"gpt": "sk-secret"})
    assert "secret" not in f"{keys!r} {vars(keys)!r} {keys.find('gpt', '')!r}"
    again = pickle.loads(pickle.dumps(keys.find("gpt", "")))
    assert again is not None and again.get_secret_value() == "sk-secret"
