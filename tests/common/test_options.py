import math

import pytest
from pydantic import ValidationError

from libra_emo.common.options import CampaignOptions, Figure, Options, describe_error


class Inner(Options):
    frames: int = 16


class Outer(Options):
    inner: Inner = Inner()
    share: Figure = 0.5


def error_of(model, **values) -> str:
    with pytest.raises(ValidationError) as refusal:
        model(**values)
    return describe_error(refusal.value)


def test_an_unknown_key_is_an_error_and_named_with_its_group():
    assert error_of(Outer, inner={"frame": 3}) == ("inner.frame: Extra inputs are not permitted")


def test_a_value_stays_as_it_was_read():
    with pytest.raises(ValidationError):
        Inner().frames = 3


def test_an_error_is_one_line_of_key_and_message():
    assert error_of(Outer, inner={"frames": "many"}).startswith("inner.frames: Input should be")
    assert "\n" not in error_of(Outer, inner={"frames": "many"}, share="x")


def test_a_rule_of_ours_is_said_without_pydantics_prefix():
    assert error_of(CampaignOptions, annotators_per_clip=4, threshold=5) == (
        "threshold 5 is above annotators_per_clip 4; no clip could be decided"
    )


@pytest.mark.parametrize("values", [(0, 1), (1, 0), (3, 4)])
def test_a_campaign_that_decides_nothing_is_refused(values):
    with pytest.raises(ValidationError):
        CampaignOptions(annotators_per_clip=values[0], threshold=values[1])


def test_a_figure_that_is_null_in_a_file_is_not_a_number():
    assert math.isnan(Outer(share=None).share)
    assert Outer(share=1).share == 1.0
