from pathlib import Path

import pytest

from libra_emo.configuration.check import check_parameters
from libra_emo.configuration.loader import LayeredConfigLoader
from libra_emo.configuration.requirements import paid_models

CONF = Path(__file__).parents[2] / "conf"


@pytest.mark.parametrize("env", [None, "paper", "tiny", "certified"])
def test_the_projects_own_configurations_pass(env, tmp_path):
    for layer in ("base", "paper", "tiny", "certified"):
        (tmp_path / "conf").mkdir(exist_ok=True)
        (tmp_path / "conf" / layer).symlink_to(CONF / layer)
    loader = LayeredConfigLoader(str(tmp_path / "conf"), env, base_env="base")
    parameters = loader["parameters"]
    check_parameters(parameters, loader)
    assert parameters["student"] == ("multimodal" if env in ("paper", "tiny") else "classical")


def test_every_model_of_the_papers_environment_has_a_price():
    import litellm

    loader = LayeredConfigLoader(str(CONF), "paper", base_env="base")
    models = [model for _, model in paid_models(loader["parameters"])]
    assert len(models) == 4, "three voters and a writer"
    for model in models:
        assert "/" in model
        info = litellm.get_model_info(model)
        assert info["input_cost_per_token"] > 0
        assert info["supports_vision"]
