"""The catalog: each entry's layer is that of its file, and what kedro-viz may show."""

from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

ROOT = Path(__file__).parents[1]
# the bench's and the rounds' datasets lie in several folders, and come one after the other
LOOP = ("bench", "{round}")
# folders that nodes write into, and tables that nodes add to
WITHOUT = (
    *(
        "film_copies",
        "clips_folder",
        "shards_folder",
        "finished_folder",
        "training_folder",
        "sweeps_folder",
        "releases_folder",
    ),
    *(
        "remembered_split",
        "remembered_bench_clips",
        "remembered_collected_films",
        "collection_folder",
        "takedowns_folder",
        "release_contents",
    ),
)
# they quote subtitles, or hold annotators' names
PRIVATE = {
    "Candidates",
    "Explanations",
    "ExplanationAttempts",
    "HumanVotes",
    "MachineVotes",
    "StoreRecords",
}


def entries():
    """Return catalog file, entry's name, entry."""
    for path in sorted((ROOT / "conf/base").glob("catalog_*.yml")):
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        yield from ((path, name, entry) for name, entry in found.items())


def layer_of(entry):
    return entry.get("metadata", {}).get("kedro-viz", {}).get("layer")


def test_each_entry_has_the_layer_of_its_file():
    for path, name, entry in entries():
        own = path.stem.split("_", 2)[2]
        assert layer_of(entry) in ((None,) if name in WITHOUT else (own, *LOOP)), name


def test_what_quotes_subtitles_or_names_annotators_has_no_preview():
    for _, name, entry in entries():
        if entry.get("schema") in PRIVATE or name == "conversations":
            assert entry.get("preview") is False, name


@pytest.fixture(scope="module")
def catalog():
    bootstrap_project(ROOT)
    with KedroSession.create(ROOT) as session:
        yield session.load_context().catalog


@pytest.mark.parametrize("name", ["__default__", "active_learning", "voting", "evaluation"])
def test_layers_make_no_circle(catalog, name):
    from kedro_viz.services.layers import sort_layers

    shown, leads_to = {}, defaultdict(set)
    for node in pipelines[name].nodes:
        shown[node.name] = SimpleNamespace(layer=None)
        for dataset in {*node.inputs, *node.outputs}:
            known = getattr(catalog.get(dataset), "metadata", None) if dataset in catalog else None
            shown[dataset] = SimpleNamespace(layer=layer_of({"metadata": known or {}}))
        for dataset in node.inputs:
            leads_to[dataset].add(node.name)
        leads_to[node.name] |= set(node.outputs)
    # a box counts as one node, with all that goes in and comes out
    for box in {node.namespace for node in pipelines[name].nodes}:
        inside = pipelines[name].only_nodes_with_namespaces([box])
        taken = (pipelines[name] - inside).inputs() & inside.all_outputs()
        shown[box] = SimpleNamespace(layer=None)
        for dataset in inside.inputs():
            leads_to[dataset].add(box)
        leads_to[box] |= inside.outputs() | taken
    layers = sort_layers(shown, leads_to)
    assert layers
    if name == "__default__":
        rounds = [layer for layer in layers if layer.startswith("round_")]
        assert rounds == sorted(rounds)
        assert layers[:3] == ["raw", "intermediate", "primary"]
        assert layers.index("bench") < layers.index("round_0") < layers.index("model_input")
        assert layers[-4:] == ["model_input", "models", "model_output", "reporting"]
