from pathlib import Path

import yaml

from libra_emo.pipelines.voting import create_pipeline
from libra_emo.voting.options import VotingOptions

CONF = Path(__file__).parents[3] / "conf/base/parameters_voting.yml"


def test_each_node_is_named_as_its_function_and_has_one_stage() -> None:
    pipeline = create_pipeline()
    assert {node.short_name: node.tags for node in pipeline.nodes} == {
        "cast_machine_votes": {"voting"},
        "label_by_majority": {"voting"},
        "collect_round_0_votes": {"ask_round_0"},
        "merge_round_0": {"label_round_0"},
        "score_voters_on_bench": {"judge_voters"},
        "draw_errors_alike": {"judge_voters"},
        "draw_voter_recall": {"judge_voters"},
    }
    assert all(node.name == f"voting.{node.func.__name__}" for node in pipeline.nodes)


def test_voters_never_see_the_truth() -> None:
    pipeline = create_pipeline()
    reading = [node.name for node in pipeline.nodes if "sample_truth" in node.inputs]
    assert reading == ["voting.collect_round_0_votes"]


def test_the_machine_votes_wait_for_no_person() -> None:
    voting = create_pipeline().only_nodes_with_tags("voting")
    assert "bench_labels" not in voting.inputs()


def test_it_makes_the_labels_of_round_0() -> None:
    assert create_pipeline().all_outputs() == {
        "machine_votes",
        "reply_rules",
        "majority",
        "round_0.queue",
        "round_0.human_votes",
        "round_0.labels",
        "round_0.dropped",
        "voter_scores",
        "voter_recall",
        "voter_pairs",
        "voter_report",
        "voter_errors_plot",
        "voter_recall_plot",
    }


def test_the_configuration_holds_the_defaults() -> None:
    given = yaml.safe_load(CONF.read_text(encoding="utf-8"))["voting"]
    assert VotingOptions.model_validate(given) == VotingOptions()
    assert set(given) == set(VotingOptions.model_fields)
