from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from libra_emo.annotation.options import AnnotationOptions, BenchOptions, SimulatedOptions

CONF = Path(__file__).parents[2] / "conf"


def group(environment: str, name: str) -> dict:
    path = CONF / environment / f"parameters_{name}.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))[name]


def test_base_differs_from_the_defaults_in_what_the_certified_loop_needs():
    bench = group("base", "bench")
    assert bench["validation"].pop("film_fraction") > 0
    assert BenchOptions.model_validate(bench) == BenchOptions()
    annotation = group("base", "annotation")
    assert annotation["simulated"].pop("annotators") >= 2 * 8, "a fresh panel beside the labels'"
    assert AnnotationOptions.model_validate(annotation) == AnnotationOptions()


def test_the_paper_has_642_clips_labelled_by_8_with_threshold_4():
    paper = BenchOptions.model_validate(group("base", "bench") | group("paper", "bench"))
    assert (paper.sample_clips, paper.annotators_per_clip, paper.threshold) == (642, 8, 4)


@pytest.mark.parametrize(
    "wrong",
    [{"threshold": 9}, {"film_fraction": 1}, {"film_fraction": 0}, {"sample_clips": 0}, {"x": 1}],
)
def test_bench_options_that_cannot_work_are_refused(wrong):
    with pytest.raises(ValidationError):
        BenchOptions(**wrong)


def test_errors_cannot_be_shared_out_beyond_all_of_them():
    with pytest.raises(ValidationError, match="above 1"):
        SimulatedOptions(neighbour_share=0.9, other_share=0.2)
