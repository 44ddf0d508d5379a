import pytest
import yaml

from libra_emo.configuration.loader import ConfigurationError, LayeredConfigLoader
from libra_emo.configuration.models import check_models
from libra_emo.llm.pricing.price_list import PriceList

PRICE = {"question": 1, "answer": 1, "pictures": {"rule": "fixed", "tokens": 9}}
PRICES = PriceList.model_validate({"date": "2026-01-01", "models": {"openai/deaf": PRICE}})


def error_of(tmp_path, voters=(), groups=("voting", "explanation"), **writer):
    """Return the message about voters in base and a writer in local."""
    texts = {
        "base/parameters_voting.yml": {"voting": {"voters": list(voters), "min_agreement": 1}},
        "base/parameters_explanation.yml": {"explanation": {"writer": "cues"}},
        "local/parameters.yml": {"explanation": {"writer": writer}} if writer else {},
    }
    for name, content in texts.items():
        path = tmp_path / "conf" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content))
    loader = LayeredConfigLoader(str(tmp_path / "conf"), None, {}, base_env="base")
    try:
        check_models(loader["parameters"], groups, lambda: PRICES, loader.place_of)
    except ConfigurationError as error:
        assert "\n" not in str(error)
        return str(error)
    return None


CUE = {"name": "t", "kind": "cue", "cue": "text"}
SEES = ["video", "text"]


def llm(**more):
    return {"name": "m", "kind": "llm", "model": "openai/deaf", "modalities": SEES, **more}


def test_models_that_can_be_asked_pass(tmp_path):
    assert error_of(tmp_path, [CUE, llm()], **llm()) is None
    assert error_of(tmp_path, [llm(model="openai/own", free=True, modalities=["audio"])]) is None


def test_a_voter_that_cannot_hear_is_reported_with_file_and_key(tmp_path):
    line = error_of(tmp_path, [CUE, llm(modalities=["audio"])])
    assert line.startswith(
        "conf/base/parameters_voting.yml: voting.voters.1.modalities: model openai/deaf takes no "
        "audio"
    )


@pytest.mark.parametrize(
    ("change", "key"),
    [({"model": "openai/new"}, "model"), ({"modalities": ["audio"]}, "modalities")],
)
def test_a_writer_is_reported_with_file_and_key(tmp_path, change, key):
    line = error_of(tmp_path, [CUE], **llm(**change))
    assert line.startswith(f"conf/local/parameters.yml: explanation.writer.{key}: model openai/")
    assert error_of(tmp_path, [CUE], ("voting",), **llm(**change)) is None, "it is not asked"


def test_a_voters_own_prompt_is_read_before_anything_runs(tmp_path):
    own = tmp_path / "own.jinja"
    line = error_of(tmp_path, [CUE, llm(prompt_file=str(own))])
    assert line.startswith("conf/base/parameters_voting.yml: voting.voters.1.prompt_file: ")
    own.write_text("{% block user %}{{ labels }}{% endblock %}")
    assert error_of(tmp_path, [CUE, llm(prompt_file=str(own))]) is None
    own.write_text("no block")
    assert "voting.voters.1.prompt_file" in error_of(tmp_path, [CUE, llm(prompt_file=str(own))])
