import pytest
from kedro.pipeline import Pipeline, node, pipeline

from libra_emo.cli.names import UnknownName, check_names
from libra_emo.configuration import registry


def same(table):
    return table


TRAIN = pipeline(
    [node(same, "labels", "model", name="train_student", tags=["train_round_1"])],
    namespace="round_1",
    prefix_datasets_with_namespace=False,
)
VOTE = Pipeline([node(same, "pool", "labels", name="vote", tags=["voting"])])


@pytest.fixture(autouse=True)
def known(monkeypatch):
    found = {"voting": VOTE, "active_learning": TRAIN, "__default__": VOTE + TRAIN}
    monkeypatch.setattr(registry, "Registry", lambda: found)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            {"pipelines": ["votting"]},
            "--pipeline votting: there is no such pipeline; did you mean voting?",
        ),
        ({"tags": ["votng"]}, "--tags votng: there is no such tag; did you mean voting?"),
        (
            {"tags": ["zzz"]},
            "--tags zzz: there is no such tag; there are train_round_1, voting",
        ),
        # a tag of another pipeline
        (
            {"pipelines": ["voting"], "tags": ["train_round_1"]},
            "--tags train_round_1: there is no such tag; there are voting",
        ),
        (
            {"node_names": ["train_student"]},
            "--nodes train_student: there is no such node; did you mean round_1.train_student?",
        ),
        (
            {"from_nodes": ["x"]},
            "--from-nodes x: there is no such node; there are round_1.train_student, vote",
        ),
        (
            {"to_outputs": ["modle"]},
            "--to-outputs modle: there is no such dataset; did you mean model?",
        ),
        (
            {"namespaces": ["round_9"]},
            "--namespaces round_9: there is no such namespace; did you mean round_1?",
        ),
    ],
)
def test_a_mistyped_name_is_one_line_with_what_there_is(options, line):
    with pytest.raises(UnknownName) as caught:
        check_names(options)
    assert str(caught.value) == line


def test_names_that_there_are_pass():
    check_names(
        {
            "pipelines": ["voting", "active_learning"],
            "tags": ["voting"],
            "node_names": ["round_1.train_student", "vote"],
            "from_inputs": ["pool"],
            "namespaces": ["round_1"],
        }
    )
    check_names({})
