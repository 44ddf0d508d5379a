import pandas as pd
import pytest
from support.small_world import make_world

from libra_emo.evaluation.metrics import EvaluationError
from libra_emo.evaluation.options import EvaluatedModel, EvaluationOptions
from libra_emo.evaluation.tables import bench_rows, find_headline
from libra_emo.pipelines.evaluation.evaluated import predict_external, predict_with_voters
from libra_emo.pipelines.evaluation.nodes import compare_labels_with_truth, predict_bench
from libra_emo.schemas import BenchPredictions, MachineVotes, check, empty
from libra_emo.students import (
    ClassicalOptions,
    ClassicalStudent,
    StudentError,
    TrainingOptions,
)
from libra_emo.taxonomy import read_taxonomy
from libra_emo.voting.options import VoterOptions, VotingOptions

TAXONOMY = read_taxonomy()
QUICK = ClassicalOptions(folds=0, forest_trees=5)


@pytest.fixture(scope="module")
def world():
    return make_world()


@pytest.fixture(scope="module")
def student(world):
    return ClassicalStudent(TAXONOMY, QUICK).fit(world.features, world.rounds[1], 7, "VT")


def test_a_saved_student_answers_as_itself(world, student, tmp_path):
    student.save(tmp_path / "model")
    model = EvaluatedModel(name="saved", path=tmp_path / "model")
    found = predict_external(model, world.features, TAXONOMY, None)
    assert found.modalities == "VT"
    assert found.table.equals(student.predict(world.features))


def test_a_classical_student_generates_no_answers(world, student, tmp_path):
    student.save(tmp_path / "model")
    model = EvaluatedModel(name="saved", path=tmp_path / "model", generate_answers=True)
    with pytest.raises(EvaluationError, match="a classical student generates no answers"):
        predict_external(model, world.features, TAXONOMY, None)


def test_only_a_student_can_be_asked_to_generate(tmp_path):
    with pytest.raises(ValueError, match="`generate_answers` is for a student"):
        EvaluatedModel(name="theirs", predictions=tmp_path / "x.csv", generate_answers=True)


def test_replies_are_kept_beside_the_answers_of_models_that_have_none(world):
    generated = world.bench_labels[["clip_id"]].assign(predicted=None, reply="no label here")
    sample = world.bench_sample
    films = dict(zip(sample["clip_id"], sample["source_id"], strict=True))
    rows = bench_rows("generated", "VT", world.bench_labels, films, generated)
    assert rows["predicted"].isna().all() and set(rows["reply"]) == {"no label here"}
    plain = bench_rows("plain", "VT", world.bench_labels, films, generated.drop(columns="reply"))
    both = check(pd.concat([rows, plain], ignore_index=True), BenchPredictions)
    assert both["reply"].isna().sum() == len(plain)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_file_of_predictions_is_read(world, tmp_path, ending):
    path = tmp_path / f"theirs.{ending}"
    table = world.bench_labels[["clip_id", "label"]].rename(columns={"label": "predicted"})
    table.loc[0, "predicted"] = None
    if ending == "csv":
        table.to_csv(path, index=False)
    else:
        table.to_parquet(path)
    model = EvaluatedModel(name="theirs", predictions=path, modalities="V")
    found = predict_external(model, world.features, TAXONOMY, None).table
    assert found["predicted"].isna().sum() == 1
    assert found["predicted"].iloc[1:].tolist() == table["predicted"].iloc[1:].tolist()


def test_a_missing_file_or_folder_is_named(world, tmp_path):
    model = EvaluatedModel(name="theirs", predictions=tmp_path / "none.csv")
    with pytest.raises(EvaluationError, match=r"none\.csv cannot be read"):
        predict_external(model, world.features, TAXONOMY, None)
    with pytest.raises(StudentError, match="no such folder"):
        predict_external(
            EvaluatedModel(name="x", path=tmp_path / "none"), world.features, TAXONOMY, None
        )


def test_voters_are_asked_as_they_are_configured(world):
    both = (
        VoterOptions(name="face", kind="cue", cue="face"),
        VoterOptions(name="text", kind="llm", model="openai/m", modalities=("text", "video")),
    )
    answers = list(predict_with_voters(world.machine_votes, VotingOptions(voters=both)))
    assert [(a.model, a.modalities) for a in answers] == [
        ("face", "V"),
        ("text", "VT"),
        ("vote", "VT"),
    ]


def test_only_what_is_listed_is_judged(world, student, tmp_path):
    student.save(tmp_path / "model")
    listed = EvaluationOptions(models=(EvaluatedModel(name="mine", path=tmp_path / "model"),))
    found = predict_bench(
        features=world.features,
        labels=world.rounds[1],
        bench_labels=world.bench_labels,
        machine_votes=world.machine_votes,
        bench_answers=empty(MachineVotes),
        model=student,
        taxonomy=TAXONOMY,
        student="classical",
        training=TrainingOptions(classical=QUICK),
        voting=VotingOptions(),
        evaluation=listed,
        seed=7,
        clip_shards=None,
    )
    assert find_headline(found) == ("mine", "VT")
    assert found["model"].unique().tolist() == ["mine"]


def test_films_without_truth_have_labels_of_unknown_quality(world):
    found = compare_labels_with_truth(None, world.candidates, *world.rounds)
    assert found["accuracy"].isna().all()
