from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from libra_emo.sample import ActedOptions, CueOptions, SampleOptions

CONF = Path(__file__).parents[2] / "conf/base/parameters_sample.yml"


def test_the_defaults_are_those_of_the_configuration():
    written = yaml.safe_load(CONF.read_text(encoding="utf-8"))["sample"]
    assert SampleOptions.model_validate(written) == SampleOptions()
    assert set(written) == set(SampleOptions.model_fields)
    assert set(written["face"]) == set(written["voice"]) == set(ActedOptions.model_fields)
    assert set(written["words"]) == set(CueOptions.model_fields)


def test_shares_above_one_are_refused():
    with pytest.raises(ValidationError, match="exceed 1"):
        CueOptions(own_share=0.8, neighbour_share=0.3)
