from pathlib import Path

import pytest
from kedro.utils import find_kedro_project

from libra_emo.configuration.loader import LayeredConfigLoader
from libra_emo.configuration.packaged.relocation import PACKAGE, has_checkout, relocate
from libra_emo.taxonomy import TAXONOMY_FILE

ROOT = Path(__file__).parents[3]


@pytest.fixture
def conf(tmp_path):
    folder = tmp_path / "somewhere/conf"
    (folder / "base/prompts").mkdir(parents=True)
    (folder / "base/prompts/annotate.jinja").write_text("{{ labels }}")
    (folder / "base/catalog.yml").write_text(
        "annotate_prompt: {type: x, filepath: conf/base/prompts/annotate.jinja}\n"
        "taxonomy: {type: x, filepath: src/libra_emo/emotions/taxonomy.yml}\n"
        "votes: {type: x, filepath: data/votes.parquet}\n"
    )
    return folder


def test_paths_of_a_checkout_lead_to_the_configuration_and_the_package(conf, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_kedro_project(tmp_path) is None
    catalog = LayeredConfigLoader(str(conf), base_env="base")["catalog"]
    assert catalog["annotate_prompt"]["filepath"] == "somewhere/conf/base/prompts/annotate.jinja"
    assert Path(catalog["taxonomy"]["filepath"]) == TAXONOMY_FILE
    assert catalog["votes"]["filepath"] == "data/votes.parquet"


def test_paths_at_any_depth_are_found_and_other_texts_stay(conf, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path / "somewhere")
    values = {
        "voters": [{"prompt_file": "conf/base/prompts/annotate.jinja", "name": "conf"}],
        "missing": "conf/base/prompts/no.jinja",
        "text": "configure conf/base",
        "number": 3,
        "nothing": None,
    }
    assert relocate(values, conf) == values  # the configuration lies in the working directory
    monkeypatch.chdir(tmp_path / "somewhere/conf")
    found = relocate(values, conf)
    assert found["voters"] == [{"prompt_file": "base/prompts/annotate.jinja", "name": "conf"}]
    assert {**found, "voters": values["voters"]} == values


def test_the_configuration_of_a_checkout_stays_as_it_is(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert has_checkout(ROOT / "conf")
    loader = LayeredConfigLoader(str(ROOT / "conf"), base_env="base")
    assert loader["catalog"]["taxonomy"]["filepath"] == f"src/{PACKAGE.name}/emotions/taxonomy.yml"


def test_every_file_that_the_configuration_names_is_in_the_archive_or_in_the_package(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    loader = LayeredConfigLoader(str(ROOT / "conf"), base_env="base")
    for kind in ("catalog", "parameters"):
        for text in _texts(loader[kind]):
            assert not text.startswith(("conf/", "src/")), text


def _texts(value):
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []
