from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from support.ballots import ballots
from support.loop_decisions import make_decisions
from support.small_world import make_world

from libra_emo.datasets.figures import FigureDataset
from libra_emo.evaluation.options import EvaluationOptions
from libra_emo.evaluation.tables import score_columns
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.leakage.search import COLUMNS
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.pricing.price_list import PriceList
from libra_emo.llm.request.keys import Keys
from libra_emo.llm.request.prompts import Prompt
from libra_emo.media.shards import ClipData, ShardReader, ShardWriter
from libra_emo.pipelines import evaluation, explanation, training, voting
from libra_emo.schemas import BenchPredictions, Explanations, check
from libra_emo.students import ClassicalOptions, TrainingOptions
from libra_emo.taxonomy import read_taxonomy
from libra_emo.voting.options import VotingOptions

QUICK = TrainingOptions(classical=ClassicalOptions(folds=0, forest_trees=5))

PROMPT = "{% block system %}{% endblock %}{% block user %}{% endblock %}"


class KeptDataset(MemoryDataset):
    """Stays when the last node that reads it is done."""

    def _release(self):
        pass


def sources_of(world):
    films = world.candidates["source_id"].unique()
    return pd.DataFrame({"source_id": films, "theme": "drama", "language": "en"})


def write_shards(world, folder):
    """Write one grey frame and silence for each clip."""
    frame = np.full((8, 8, 3), 90, dtype=np.uint8)
    for film, clips in world.candidates.groupby("source_id"):
        with ShardWriter(folder, film) as shard:
            for clip_id in clips["clip_id"]:
                shard.add(ClipData(clip_id, [frame], [0.0], np.zeros(1600, np.float32), 16_000))
    return ShardReader(folder)


def run_all(world, folder):
    """Explanation, training and evaluation from memory; returns what they made."""
    given = {
        "taxonomy": read_taxonomy(),
        "features": world.features,
        "clip_shards": write_shards(world, folder / "shards"),
        "leaks": pd.DataFrame(columns=list(COLUMNS), dtype="str"),
        "training_folder": folder,
        "explanation_answers": Ledger(folder / "answers.sqlite"),
        "evaluation_answers": Ledger(folder / "evaluation.sqlite"),
        "explain_prompt": Prompt(PROMPT, "prompt"),
        "annotate_prompt": Prompt(PROMPT, "prompt"),
        "prices": PriceList.model_validate({"date": "2026-01-01"}),
        "llm_keys": Keys(),
        "candidates": world.candidates,
        "bench_sample": world.bench_sample,
        "pool": world.pool,
        "clip_ledger": world.clip_ledger,
        "sources": sources_of(world),
        "footage_plot": b"png",
        "sample_truth": world.sample_truth,
        "bench_labels": world.bench_labels,
        "human_votes": ballots("round_1", c1="sad sad happy", c2="sad happy"),
        "machine_votes": world.machine_votes,
        "round_history": world.round_history,
        "loop_decisions": make_decisions(),
        "round_0.labels": world.rounds[0],
        "round_1.labels": world.rounds[1],
        "labels": world.rounds[1],
        "params:explanation": ExplanationOptions(),
        "params:training": QUICK,
        "params:voting": VotingOptions(),
        "params:evaluation": EvaluationOptions(permutations=100),
        "params:student": "classical",
        "params:annotators": "simulated",
        "params:seed": 7,
        "params:person_meant": "anybody",
    }
    steps = explanation.create_pipeline() + training.create_pipeline(max_rounds=1)
    steps += evaluation.create_pipeline(max_rounds=1)
    steps += voting.create_pipeline().only_nodes_with_tags("judge_voters")
    catalog = DataCatalog(
        {name: MemoryDataset(value, copy_mode="assign") for name, value in given.items()}
    )
    plots = ("confusion_matrix", "per_class_plot", "rounds_plot", "quality_plot", "trainset_plot")
    for name in (*plots, "bench_plot", "voter_errors_plot", "voter_recall_plot"):
        catalog[name] = FigureDataset(filepath=str(folder / f"{name}.png"))
    for name in steps.all_outputs():
        if name not in catalog:
            catalog[name] = KeptDataset()
    SequentialRunner().run(steps, catalog)
    return {name: catalog.load(name) for name in steps.all_outputs()}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return run_all(make_world(), tmp_path_factory.mktemp("made"))


def test_everything_is_made_and_meets_its_contract(made):
    check(made["bench_predictions"], BenchPredictions)
    check(made["explanations"], Explanations)
    assert len(made["conversations"]) == 36
    assert made["model"].modalities == "VAT"
    assert made["explanation_report"]["clips"] == 36


def test_each_model_and_set_of_modalities_is_a_row(made):
    scores = made["bench_scores"]
    assert list(zip(scores["model"], scores["modalities"], strict=True)) == [
        *(("student", letters) for letters in ("V", "A", "T", "VA", "VT", "AT", "VAT")),
        ("text", "T"),
        ("face", "V"),
        ("voice", "A"),
        ("vote", "VAT"),
    ]
    assert (scores["n"] == 18).all()
    assert (scores["accuracy_low"] <= scores["accuracy"]).all()
    assert (scores["accuracy"] <= scores["accuracy_high"]).all()


def test_every_row_of_the_scores_has_its_versions_in_every_form(made):
    scores, versions = made["bench_scores"], made["bench_versions"]
    keys = ["model", "modalities"]
    assert versions[keys].equals(scores[keys])
    assert versions["data_version"].nunique() == versions["parser_version"].nunique() == 1
    assert versions["prompt_version"].isna().all()  # nobody is asked by a prompt
    for text in (made["scores_markdown"], made["scores_latex"], made["results_page"]):
        for name in ("data_version", "answers_version", "parser_version"):
            assert all(value in text for value in versions[name])
    assert list(scores.columns) == score_columns()


def test_labels_are_also_counted_by_their_coarse_parents(made):
    coarse = made["coarse_scores"]
    assert coarse[["model", "modalities"]].equals(made["bench_scores"][["model", "modalities"]])
    assert (coarse["accuracy"] >= made["bench_scores"]["accuracy"]).all()


def test_the_row_of_all_modalities_is_the_saved_model(made):
    bench = make_world().bench_labels["clip_id"]
    features = make_world().features
    direct = made["model"].predict(features[features["clip_id"].isin(bench)])
    table = made["bench_predictions"]
    mine = table[(table["model"] == "student") & (table["modalities"] == "VAT")]
    assert mine["predicted"].tolist() == direct["predicted"].tolist()
    assert mine["p_sad"].tolist() == direct["p_sad"].tolist()


def test_a_students_set_is_what_training_on_it_alone_gives(made):
    world = make_world()
    from libra_emo.students import ClassicalStudent

    alone = ClassicalStudent(read_taxonomy(), QUICK.classical)
    alone.fit(world.features, world.rounds[1], 7, "A")
    direct = alone.predict(world.features[world.features["source_id"].isin(("film4", "film5"))])
    table = made["bench_predictions"]
    mine = table[(table["model"] == "student") & (table["modalities"] == "A")]
    assert mine["p_angry"].tolist() == direct["p_angry"].tolist()


def test_an_abstention_is_unreadable_and_wrong(made):
    votes = make_world().machine_votes
    bench = make_world().bench_labels
    mine = votes[(votes["voter"] == "face") & votes["clip_id"].isin(bench["clip_id"])]
    score = made["bench_scores"].set_index("model").loc["face"]
    assert score["unreadable"] == pytest.approx(mine["label"].isna().mean())
    right = mine.merge(bench, on="clip_id")
    assert score["accuracy"] == pytest.approx((right["label_x"] == right["label_y"]).mean())


def test_label_quality_follows_the_rounds(made):
    quality = made["label_quality"]
    assert quality["round"].tolist() == [0, 1]
    assert (quality["known"] == 36).all()
    assert quality["accuracy"].is_monotonic_increasing
    change = quality["correct"].diff()[1]
    assert quality["fixed"][1] - quality["broken"][1] == change


def test_the_page_shows_what_the_tables_hold(made):
    page = made["results_page"]
    assert page.count("data:image/png;base64,") == 7
    score = made["bench_scores"].set_index(["model", "modalities"]).loc[("student", "VAT")]
    assert f"<td>{100 * score['accuracy']:.1f}<small>" in page
    card = made["voter_scores"].set_index("voter").loc["vote"]
    assert f"<td>{100 * card['weighted_f1']:.1f}<small>" in page
    assert "text, face" in page and "face, voice" in page
    assert "The annotators are simulated" in page
    assert "words number" not in page  # no subtitle


def test_a_second_run_makes_the_same(made, tmp_path):
    again = run_all(make_world(), tmp_path)
    for name in ("bench_predictions", "bench_scores", "label_quality", "explanations"):
        pd.testing.assert_frame_equal(made[name], again[name])
    for name in (
        "results_page",
        "conversations",
        "confusion_matrix",
        "rounds_plot",
        "quality_plot",
    ):
        assert made[name] == again[name]


def test_every_node_carries_its_pipelines_tag():
    for name, made_by in (
        ("explanation", explanation.create_pipeline()),
        ("training", training.create_pipeline(max_rounds=1)),
        ("evaluation", evaluation.create_pipeline(2)),
    ):
        assert all(name in node.tags for node in made_by.nodes)
    inputs = evaluation.create_pipeline(2).inputs()
    assert {f"round_{number}.labels" for number in range(3)} <= inputs
    assert "round_3.labels" not in inputs


def test_the_truth_changes_no_prediction_and_no_score(made, tmp_path):
    world = make_world()
    shuffled = world.sample_truth["label"].sample(frac=1, random_state=1).to_numpy()
    truth = world.sample_truth.assign(label=shuffled)
    other = run_all(replace(world, sample_truth=truth), tmp_path)
    pd.testing.assert_frame_equal(made["bench_predictions"], other["bench_predictions"])
    assert not made["label_quality"].equals(other["label_quality"])
