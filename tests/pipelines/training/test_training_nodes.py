from pathlib import Path

import pytest
import yaml
from small_world import make_world

from libra_emo.evaluation.options import EvaluationOptions
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.pipelines.training.nodes import train_model
from libra_emo.students import StudentError, StudentOptions, TrainingOptions
from libra_emo.taxonomy import read_taxonomy

BASE = Path(__file__).parents[3] / "conf" / "base"
QUICK = TrainingOptions(modalities="TV", classical=StudentOptions(folds=0, forest_trees=5))


def train(world, student="classical", labels=None):
    labels = world.rounds[1] if labels is None else labels
    taxonomy = read_taxonomy()
    return train_model(world.features, labels, world.pool, taxonomy, student, QUICK, 7)


def test_the_model_learns_from_the_pool_with_the_modalities_asked_for():
    world = make_world()
    student = train(world)
    assert student.modalities == "VT"
    assert student.training_clips == len(world.pool)


def test_a_bench_clip_among_the_labels_is_refused():
    world = make_world()
    with pytest.raises(StudentError, match="film4-000 has a label and is not in the pool"):
        train(world, labels=world.bench_labels)


def test_the_multimodal_student_is_named_as_missing():
    with pytest.raises(StudentError, match="no multimodal student yet"):
        train(make_world(), "multimodal")


@pytest.mark.parametrize(
    ("group", "options"),
    [
        ("training", TrainingOptions),
        ("explanation", ExplanationOptions),
        ("evaluation", EvaluationOptions),
    ],
)
def test_the_configured_values_are_the_defaults_and_all_are_there(group, options):
    written = yaml.safe_load((BASE / f"parameters_{group}.yml").read_text())[group]
    assert options.model_validate(written) == options()
    assert set(written) == set(options.model_fields)
