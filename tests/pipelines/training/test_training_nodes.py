from pathlib import Path

import pandas as pd
import pytest
import yaml
from support.small_world import make_world

from libra_emo.evaluation.options import EvaluationOptions
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.leakage.gate import LeakError
from libra_emo.leakage.search import COLUMNS
from libra_emo.pipelines.training.nodes import (
    choose_training_labels,
    train_model,
    write_conversations,
)
from libra_emo.schemas import Explanations
from libra_emo.students import ClassicalOptions, DryRun, StudentError, TrainingOptions
from libra_emo.students.options import MultimodalOptions
from libra_emo.taxonomy import read_taxonomy

BASE = Path(__file__).parents[3] / "conf" / "base"
NO_LEAKS = pd.DataFrame(columns=list(COLUMNS), dtype="str")
QUICK = TrainingOptions(modalities="TV", classical=ClassicalOptions(folds=0, forest_trees=5))


def train(world, student="classical", labels=None, leaks=NO_LEAKS, **changed):
    labels = world.rounds[1] if labels is None else labels
    taxonomy = read_taxonomy()
    options = QUICK.model_copy(update=changed)
    return train_model(
        world.features, labels, leaks, world.pool, [], None, None, taxonomy, student, options, 7
    )


def test_the_model_learns_from_the_pool_with_the_modalities_asked_for():
    world = make_world()
    student = train(world)
    assert student.modalities == "VT"
    assert student.training_clips == len(world.pool)


def test_a_bench_clip_among_the_labels_is_refused():
    world = make_world()
    with pytest.raises(StudentError, match="film4-000 has a label and is not in the pool"):
        train(world, labels=world.bench_labels)


def test_a_clip_that_shows_what_the_bench_shows_is_refused():
    world = make_world()
    clip = world.pool.iloc[0]
    leaks = pd.DataFrame([(clip["clip_id"], clip["source_id"], "film4-000", "film4", "checksum")])
    with pytest.raises(LeakError, match="film0-000: checksum of film4-000"):
        train(world, leaks=leaks.set_axis(list(COLUMNS), axis=1))


def test_a_multimodal_student_without_clips_is_refused():
    with pytest.raises(StudentError, match="reads clips"):
        train(make_world(), "multimodal")


def test_a_dry_run_of_the_classical_student_trains_nothing():
    with pytest.raises(DryRun, match=r"36 clips .* no GPU") as caught:
        train(make_world(), dry_run=True)
    assert caught.value.exit_code == 0


@pytest.mark.parametrize(
    ("multimodal", "heard"),
    [
        ({}, False),  # the default, InternVL, of which nothing is here
        ({"checkpoint": "tiny:internvl"}, False),
        ({"checkpoint": "tiny:qwen2_5_omni"}, True),
        ({"checkpoint": "somebody/Qwen2.5-Omni-7B"}, True),
        ({"checkpoint": "somebody/model", "family": "qwen2_5_omni"}, True),
        ({"checkpoint": "somebody/Omni", "family": "internvl"}, False),
    ],
)
def test_examples_name_a_sound_only_for_a_model_that_hears(multimodal, heard):
    world = make_world()
    options = QUICK.model_copy(
        update={"modalities": "VAT", "multimodal": MultimodalOptions(**multimodal)}
    )
    nothing = Explanations.empty()
    rows = write_conversations(world.rounds[1], world.pool, nothing, read_taxonomy(), options)
    for row in rows:
        assert ("<audio>" in row["messages"][0]["content"]) == heard == ("audios" in row)
        assert row["messages"][0]["content"].startswith("<video>") and row["videos"]


def test_examples_ask_about_the_person_meant():
    world = make_world()
    inputs = (world.rounds[1], world.pool, Explanations.empty(), read_taxonomy(), QUICK)
    usual = write_conversations(*inputs)
    assert usual == write_conversations(*inputs, "largest_face")
    assert "do the people in the clip show?" in usual[0]["messages"][0]["content"]
    for before, row in zip(usual, write_conversations(*inputs, "speaker"), strict=True):
        asked = row["messages"][0]["content"]
        assert "does the person who speaks in the clip show?" in asked
        words = ("does the person who speaks", "do the people")
        assert asked.replace(*words) == before["messages"][0]["content"]


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


def test_the_labels_of_a_round_or_a_share_of_them_are_taken():
    world = make_world()
    rounds = (world.rounds[0], world.rounds[1])
    final = world.rounds[1]
    chosen = choose_training_labels(QUICK, 7, final, *rounds)
    assert chosen.equals(final)
    earlier = QUICK.model_copy(update={"label_round": 0})
    assert choose_training_labels(earlier, 7, final, *rounds).equals(world.rounds[0])
    half = QUICK.model_copy(update={"data_fraction": 0.5})
    assert len(choose_training_labels(half, 7, final, *rounds)) < len(final)
    beyond = QUICK.model_copy(update={"label_round": 2})
    with pytest.raises(StudentError, match="the last one is 1"):
        choose_training_labels(beyond, 7, final, *rounds)
