from pathlib import Path

import pytest
import yaml

from libra_emo.configuration.rounds import describe_rounds

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("count", [1, 2, 6])
def test_each_round_depends_on_the_one_before(count):
    rounds = describe_rounds(count)
    assert rounds["last"] == count
    assert rounds["select"] == {str(k): {"before": k - 1} for k in range(1, count + 1)}
    assert list(rounds["label"]) == list(rounds["train"]) == [str(k) for k in range(count + 1)]
    last = rounds["label"][str(count)]["labels_before"]
    assert last == f"data/05_model_input/labels/round_{count - 1}.parquet"
    assert rounds["train"][str(count)]["clips_before"] == last


def test_a_fresh_clone_has_the_rounds_of_the_default_parameters():
    held = yaml.safe_load((PROJECT / "data/02_intermediate/configuration.yml").read_text())
    parameters = yaml.safe_load((PROJECT / "conf/base/parameters.yml").read_text())
    # after a run of one's own the file has another number, if another one was asked for
    if set(held) == {"rounds"}:
        assert held["rounds"] == describe_rounds(parameters["max_rounds"])
    else:
        assert held["rounds"] == describe_rounds(held["max_rounds"])
