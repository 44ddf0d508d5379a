import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libra_emo.configuration.loader import ConfigurationError, LayeredConfigLoader
from libra_emo.datasets import LoginsDataset

PASSWORDS = st.text(st.sampled_from("aZ9@:/%#?&+!$ü密 ~-_"), min_size=1, max_size=12).map(
    lambda text: f"Q{text}Q"
)


def make_loader(conf, parameters="", credentials="", mlflow="", **more):
    base = conf / "base"
    base.mkdir(parents=True, exist_ok=True)
    (base / "parameters.yml").write_text(parameters or "seed: 1\n")
    (base / "credentials.yml").write_text(credentials or "film_logins: {}\n")
    (base / "mlflow.yml").write_text(mlflow or "tracking_uri: sqlite:///x.db\n")
    patterns = {"mlflow": ["mlflow*"]}
    return LayeredConfigLoader(str(conf), base_env="base", config_patterns=patterns, **more)


@pytest.mark.parametrize("how", ["file", "command line"])
def test_login_of_the_films_becomes_one_of_the_credentials(tmp_path, how):
    address = "https://ann:PA/SS@host/films?token=t0ken"
    if how == "file":
        loader = make_loader(tmp_path, f"films: {address}\n")
    else:
        loader = make_loader(tmp_path, "films: here\n", runtime_params={"films": address})
    assert loader["parameters"]["films"] == "https://host/films"
    logins = loader["credentials"]["film_logins"]
    assert logins == {
        "https://host/films": {"username": "ann", "password": "PA/SS", "query": "token=t0ken"}
    }
    dataset = LoginsDataset(credentials=logins)
    for text in (repr(dataset), str(dataset), repr(dataset.load()), str(dataset._describe())):
        assert "PA/SS" not in text and "t0ken" not in text


@given(password=PASSWORDS)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.parametrize("key", ["voting.voters.0.api_base", "other"])
def test_login_elsewhere_is_refused_and_not_shown(tmp_path, key, password):
    address = f"http://user:{password}@host/v1"
    given = {"voting": {"voters": [{"api_base": address}]}} if "." in key else {"other": address}
    loader = make_loader(tmp_path, runtime_params=given)
    with pytest.raises(ConfigurationError) as caught:
        loader["parameters"]
    assert str(caught.value).startswith(f"--params: {key}: must be an address without a user name")
    assert "llm_keys" in str(caught.value)
    assert not set("QZ密ü").intersection(str(caught.value))


def test_login_of_a_tracking_server_is_refused(tmp_path):
    loader = make_loader(tmp_path, mlflow="tracking_uri: https://ann:hunter2@host\n")
    with pytest.raises(ConfigurationError, match="MLFLOW_TRACKING_PASSWORD") as caught:
        loader["mlflow"]
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["llm_keys: {a: hunter2", "llm_keys:\n  a: 'hunter2\n", "\thunter2"]
)
def test_broken_file_of_credentials_is_named_without_its_content(tmp_path, text):
    loader = make_loader(tmp_path, credentials=text)
    with pytest.raises(ConfigurationError) as caught:
        loader["credentials"]
    assert "hunter2" not in str(caught.value)
