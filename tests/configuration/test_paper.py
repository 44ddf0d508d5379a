from pathlib import Path

import pytest

from libra_emo.configuration.check import check_parameters
from libra_emo.configuration.loader import LayeredConfigLoader
from libra_emo.configuration.requirements import paid_models

CONF = Path(__file__).parents[2] / "conf"


# the loop of section 2.3 and of Algorithm 1
PAPER_LOOP = {
    "query_strategy": "disagreement",
    "annotators_per_clip": 4,
    "threshold": 2,
    "clips_per_round": None,
    "share_per_round": None,
    "sequential": False,
    "stop": "plateau",
    "score": "accuracy",
    "min_gain": 0.0,
    "patience": 2,
    "max_judgements": None,
    "min_fixes_per_hour": None,
    "class_targets": {},
    "protect_people_labels": False,
}


@pytest.mark.parametrize("env", [None, "paper", "tiny"])
def test_the_projects_own_configurations_pass(env, tmp_path):
    loader = make_loader(tmp_path, env)
    parameters = loader["parameters"]
    check_parameters(parameters, loader)
    assert parameters["student"] == ("multimodal" if env in ("paper", "tiny") else "classical")


def make_loader(folder, env):
    """Return the loader of the project's own configuration, without conf/local."""
    (folder / "conf").mkdir()
    for layer in ("base", "paper", "tiny"):
        (folder / "conf" / layer).symlink_to(CONF / layer)
    return LayeredConfigLoader(str(folder / "conf"), env, base_env="base")


def test_the_papers_environment_does_the_papers_algorithm(tmp_path):
    parameters = make_loader(tmp_path, "paper")["parameters"]
    loop = parameters["active_learning"]
    assert {name: loop[name] for name in PAPER_LOOP} == PAPER_LOOP
    assert loop["audit"]["enabled"] is False
    others = {"audit", "certificate", "asking", "target_error", "costs"}
    assert set(loop) == set(PAPER_LOOP) | others, "read by no step of the paper's algorithm"
    assert parameters["bench"]["validation"]["film_fraction"] == 0
    voting = parameters["voting"]
    rule = ("min_agreement", "annotators_per_clip", "threshold")
    assert [voting[name] for name in rule] == [2, 4, 2]
    bench, rule = parameters["bench"], ("sample_clips", "annotators_per_clip", "threshold")
    assert [bench[name] for name in rule] == [642, 8, 4]


@pytest.mark.parametrize("env", [None, "tiny"])
def test_the_default_loop_certifies_and_opens_the_bench_once(env, tmp_path):
    parameters = make_loader(tmp_path, env)["parameters"]
    loop = parameters["active_learning"]
    assert loop["query_strategy"] == "expected_gain" and loop["sequential"]
    assert loop["audit"]["enabled"] and loop["stop"] == "certified"
    assert loop["certificate"]["planned_looks"] == parameters["max_rounds"]
    assert None not in (loop["max_judgements"], loop["min_fixes_per_hour"])
    assert parameters["bench"]["validation"]["film_fraction"] > 0


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
