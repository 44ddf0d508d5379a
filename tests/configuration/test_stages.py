"""Which stages turn stale when code, a data file or a catalog entry changes, and no others."""

import shutil
import time
from pathlib import Path
from unittest import mock

import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import CatalogConfigResolver, DataCatalog
from kedro.pipeline import Pipeline, node

from libra_emo.common.code_digests import SourceTree
from libra_emo.configuration import stages
from libra_emo.configuration.registry import whole_pipeline
from libra_emo.configuration.stages import (
    _option_files,
    _relative,
    changed_parts,
    digest_parts,
    digest_stages,
    remember_parts,
    tag_of,
)

PROJECT = Path(__file__).parents[2]
ROUNDS = range(5)
VOTER = {"name": "a", "kind": "llm", "model": "gemini/flash", "prompt_file": "ask.jinja"}
BENCH, VOTING, JUDGE = {"bench"}, {"voting"}, {"judge_voters"}
SELECT = {f"select_round_{k}" for k in ROUNDS if k}
ASK = {f"ask_round_{k}" for k in ROUNDS}
LABEL = {f"label_round_{k}" for k in ROUNDS}
TRAIN = {f"train_round_{k}" for k in ROUNDS}
REST = {"preprocessing", "active_learning", "explanation", "training", "evaluation"}
STUDENTS = SELECT | TRAIN | {"explanation", "training", "evaluation"}
ALL = BENCH | VOTING | JUDGE | SELECT | ASK | LABEL | TRAIN | REST

# a text in the sources, another one for it, and the stages that this makes stale
CHANGES = [
    ('COUNTED_STATUSES = ("ok", "repaired")', 'COUNTED_STATUSES = ("ok",)',
     VOTING | JUDGE | SELECT | LABEL | ASK
     | {"explanation", "training", "evaluation"}),
    ("SYLLABLE_RISE_DB = 3.0", "SYLLABLE_RISE_DB = 3.5", {"preprocessing"}),
    ("MOST_BARS = 20", "MOST_BARS = 21", {"preprocessing"}),
    ("def split_candidates(", "def split_candidates(_unused: int = 0, *, ", BENCH),
    ("SHRINKAGE_CLIPS = 5.0", "SHRINKAGE_CLIPS = 6.0", VOTING),
    ("LISTED_SHARE = 0.5", "LISTED_SHARE = 0.6", VOTING | {"explanation", "evaluation"}),
    ("LEVEL_PERCENT = 95.0", "LEVEL_PERCENT = 90.0", JUDGE | {"evaluation"}),
    ("freedom), (1 + level) / 2", "freedom), (2 + level) / 3", JUDGE | TRAIN | {"evaluation"}),
    ('ADJUDICATOR = "simulated_adjudicator"', 'ADJUDICATOR = "other"', BENCH | ASK),
    ("_ITERATIONS = 500", "_ITERATIONS = 501", STUDENTS),
    ("without_gain >= options.patience", "without_gain > options.patience", TRAIN),
    ("ECHO_WORDS = 8", "ECHO_WORDS = 9", {"explanation"}),
    ("class TableError(", "class TableError(object, ", ALL),
]  # fmt: skip
DATA = [
    ("text_cues.yml", VOTING),
    ("drawn_voices.yml", {"preprocessing"}),
    ("phrases.yml", {"explanation"}),
    ("results.html.j2", {"evaluation"}),
    ("synonyms.yml", VOTING | {"explanation", "evaluation"}),
]


@pytest.fixture(scope="module")
def context():
    bootstrap_project(PROJECT)
    return KedroSession.create(PROJECT).load_context()


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    place = tmp_path_factory.mktemp("sources") / "libra_emo"
    leave_out = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(PROJECT / "src/libra_emo", place, ignore=leave_out))


@pytest.fixture(scope="module")
def digest(context, copy):
    """Return a function that digests all stages with the code of the copy."""

    def run():
        tree = SourceTree({"libra_emo": copy})
        stages._find.cache_clear()
        parameters = context.config_loader["parameters"]
        with mock.patch.object(stages, "_tree", lambda _: tree):
            return digest_stages(whole_pipeline(), context.catalog, parameters, PROJECT)

    yield run
    stages._find.cache_clear()


@pytest.fixture(scope="module")
def before(digest):
    return digest()


def changed(before, after):
    return {name for name in after if before.get(name) != after[name]}


def file_with(text, copy):
    (found,) = [path for path in copy.rglob("*.py") if text in path.read_text(encoding="utf-8")]
    return found


@pytest.mark.parametrize(
    ("old", "new", "stale"), [pytest.param(*change, id=change[0][:30]) for change in CHANGES]
)
def test_changed_code_makes_exactly_the_stages_stale_that_reach_it(
    before, digest, copy, old, new, stale
):
    path = file_with(old, copy)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new), encoding="utf-8")
    try:
        assert changed(before, digest()) == stale
    finally:
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("name", "stale"), DATA)
def test_a_changed_data_file_makes_the_stages_stale_that_read_it(before, digest, copy, name, stale):
    (path,) = copy.rglob(name)
    content = path.read_bytes()
    path.write_bytes(content + b"\n# changed")
    try:
        assert changed(before, digest()) == stale
    finally:
        path.write_bytes(content)


def test_a_comment_in_every_file_makes_no_stage_stale(before, digest, copy):
    for path in copy.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(f"# a comment\n{text}\n\n# another one\n", encoding="utf-8")
    assert changed(before, digest()) == set()


def test_all_stages_are_digested_in_under_a_second_and_a_half(digest):
    took = []
    for _ in range(3):  # the first one imports the classes of datasets
        began = time.process_time()
        assert set(digest()) == ALL
        took.append(time.process_time() - began)
    assert min(took) < 1.5, took


def test_prompts_and_prices_are_parts_of_the_stages_that_read_them(digest):
    found = digest()
    readers = {
        "conf/base/prompts/annotate.jinja": VOTING | {"evaluation"},
        "conf/base/prompts/explain.jinja": {"explanation"},
        "conf/base/prompts/fine_tune.jinja": TRAIN | {"training", "evaluation"},
        "conf/base/prices.yml": VOTING | {"explanation", "evaluation"},
    }
    for file, stale in readers.items():
        assert {name for name, parts in found.items() if file in parts} == stale, file


def test_the_ledger_that_grows_while_a_stage_runs_is_no_part_of_it(digest):
    for parts in digest().values():
        assert not [part for part in parts if part.endswith(".sqlite")]


def small_catalog(project, **options):
    entry = {"type": "libra_emo.datasets.TaxonomyDataset", "filepath": f"{project}/taxonomy.yml"}
    table = {"type": "libra_emo.datasets.CsvTableDataset", "filepath": f"{project}/table.csv"}
    config = {"taxonomy": {**entry, **options}, "table": table}
    return DataCatalog(config_resolver=CatalogConfigResolver(config, {}))


def read(taxonomy, seed):
    return taxonomy, seed


SMALL = Pipeline([node(read, ["taxonomy", "params:seed"], "table", name="read", tags=["small"])])


def small(project, **options):
    (parts,) = digest_stages(
        SMALL, small_catalog(project, **options), {"seed": 1}, project
    ).values()
    return parts


def test_a_file_that_the_catalog_names_counts_with_its_content(tmp_path):
    (tmp_path / "taxonomy.yml").write_text("one")
    before = small(tmp_path)
    assert {"taxonomy.yml", "catalog.taxonomy", "catalog.table", "nodes"} <= set(before)
    (tmp_path / "taxonomy.yml").write_text("two")
    assert {part for part in before if small(tmp_path)[part] != before[part]} == {"taxonomy.yml"}


def test_an_entry_counts_without_what_only_people_see(tmp_path, tmp_path_factory):
    before = small(tmp_path)
    assert small(tmp_path, metadata={"kedro-viz": {"layer": "raw"}}) == before
    other = small(tmp_path, filepath="elsewhere.yml")
    assert {part for part in before if other.get(part) != before[part]} == {"catalog.taxonomy"}
    # nor does it matter where the project lies
    assert small(tmp_path_factory.mktemp("elsewhere")) == before


def test_a_folder_that_options_name_counts_with_its_files(tmp_path):
    folder = tmp_path / "student"
    folder.mkdir()
    (folder / "weights").write_text("one")
    models = {"evaluation": {"models": [{"name": "mine", "path": "student"}]}}
    before = dict(_option_files("evaluation", models, tmp_path, set()))
    assert set(before) == {"student"}
    (folder / "weights").write_text("two")
    assert dict(_option_files("evaluation", models, tmp_path, set())) != before
    # what the pipelines make themselves would differ after every run
    assert not dict(_option_files("evaluation", models, tmp_path, {folder}))


@pytest.mark.parametrize(
    ("group", "name", "options"),
    [
        ("evaluation", "answers.csv", {"models": [{"name": "own", "predictions": "answers.csv"}]}),
        ("evaluation", "out/student", {"models": [{"name": "own", "path": "out/student"}]}),
        ("training", "weights/base", {"multimodal": {"checkpoint": "weights/base"}}),
        ("voting", "ask.jinja", {"voters": [VOTER], "min_agreement": 1}),
    ],
)
def test_a_file_that_a_parameter_names_counts_with_its_content(tmp_path, group, name, options):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix:
        file = path
    else:
        path.mkdir()
        file = path / "config.json"
    found = []
    for content in ("one", "two"):
        file.write_text(content)
        found.append(dict(_option_files(group, {group: options}, tmp_path, set())))
    assert list(found[0]) == list(found[1]) == [name]
    assert found[0] != found[1]


def test_words_and_addresses_among_the_parameters_are_no_files(tmp_path):
    for name in ("text", "internvl", "http:"):
        (tmp_path / name).mkdir()
    voters = [VOTER | {"prompt_file": None, "model": "gemini/flash", "api_base": "http://x.org/v1"}]
    for group, options in (
        ("voting", {"voters": [*voters, {"name": "text", "kind": "cue", "cue": "text"}]}),
        ("training", {"multimodal": {"checkpoint": "tiny:internvl"}}),
    ):
        assert not dict(_option_files(group, {group: options}, tmp_path, set()))


def test_a_taxonomy_of_the_local_catalog_counts(tmp_path):
    """A taxonomy that only conf/local names, inside the project or elsewhere."""
    elsewhere = tmp_path / "shared/taxonomy.yml"
    project = tmp_path / "project"
    project.mkdir()
    elsewhere.parent.mkdir()
    elsewhere.write_text("one")
    before = small(project, filepath=str(elsewhere))
    assert elsewhere.as_posix() in before
    elsewhere.write_text("two")
    after = small(project, filepath=str(elsewhere))
    assert {part for part in before if after[part] != before[part]} == {elsewhere.as_posix()}


def test_the_projects_own_folder_has_the_same_name_everywhere(tmp_path):
    places = [str(tmp_path), f"{tmp_path}/data", "/elsewhere"]
    assert _relative(places, tmp_path) == [".", "data", "/elsewhere"]


def test_how_nodes_are_connected_counts(tmp_path):
    other = Pipeline([node(read, {"seed": "taxonomy", "taxonomy": "params:seed"}, "table",
                           name="read", tags=["small"])])  # fmt: skip
    catalog = small_catalog(tmp_path)
    (parts,) = digest_stages(other, catalog, {"seed": 1}, tmp_path).values()
    assert parts["nodes"] != small(tmp_path)["nodes"]


def test_what_changed_since_a_digest_is_remembered(tmp_path):
    versions = [{"small": {"libra_emo.a": str(number), "libra_emo.b": "1"}} for number in range(9)]
    for version in versions:
        remember_parts(version, tmp_path)
    digests = [digest_parts(version)["small"] for version in versions]
    now = {"libra_emo.a": "8", "libra_emo.c": "1"}
    assert changed_parts("small", digests[-1], now, tmp_path) == ["libra_emo.b", "libra_emo.c"]
    assert changed_parts("small", digests[4], now, tmp_path)[0] == "libra_emo.a"
    assert changed_parts("small", digests[3], now, tmp_path) == []  # forgotten
    assert changed_parts("other", digests[-1], now, tmp_path) == []


def test_a_stage_is_known_by_the_tag_of_its_nodes():
    assert tag_of("label_round@1") == "label_round_1"
    assert tag_of("dvc.yaml:voting") == "voting"
