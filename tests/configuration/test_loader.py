import pytest
from kedro.config import MissingConfigException

from libra_emo.configuration.loader import ConfigurationError, LayeredConfigLoader, merge_layers


def write(folder, **files):
    """Write conf files; `base__parameters` is base/parameters.yml."""
    for name, text in files.items():
        path = folder / "conf" / f"{name.replace('__', '/')}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def load(folder, env=None, **params):
    return LayeredConfigLoader(
        str(folder / "conf"), env, params, base_env="base", default_run_env="local"
    )


def test_local_lies_on_top_of_the_environment_and_that_on_base(tmp_path):
    write(
        tmp_path,
        base__parameters="voting: {a: 1, b: 1, c: 1, d: 1}\nseed: 1",
        paper__parameters="voting: {b: 2, c: 2, d: 2}",
        local__parameters="voting: {c: 3, d: 3}",
    )
    loader = load(tmp_path, "paper", voting={"d": 4})
    assert loader["parameters"] == {"voting": {"a": 1, "b": 2, "c": 3, "d": 4}, "seed": 1}


def test_without_an_environment_the_other_ones_are_not_read(tmp_path):
    write(
        tmp_path,
        base__parameters="seed: 1",
        paper__parameters="seed: 2",
    )
    assert load(tmp_path)["parameters"] == {"seed": 1}


def test_local_itself_may_be_named(tmp_path):
    write(tmp_path, base__parameters="a: {x: 1, y: 1}", local__parameters="a: {x: 2}")
    assert load(tmp_path, "local")["parameters"] == {"a": {"x": 2, "y": 1}}


def test_a_list_replaces_the_list_below(tmp_path):
    write(tmp_path, base__parameters="voters: [1, 2, 3]", local__parameters="voters: [9]")
    assert load(tmp_path)["parameters"] == {"voters": [9]}


def test_credentials_are_merged_key_by_key(tmp_path):
    write(
        tmp_path,
        base__credentials="store: {url: here, user: me}",
        local__credentials="store: {url: there}",
    )
    assert load(tmp_path, "local")["credentials"] == {"store": {"url": "there", "user": "me"}}


def test_a_catalog_entry_with_a_type_replaces_the_whole_entry():
    below = {"table": {"type": "A", "schema": "S", "filepath": "x"}}
    assert merge_layers(below, {"table": {"filepath": "y"}}, catalog=True) == {
        "table": {"type": "A", "schema": "S", "filepath": "y"}
    }
    assert merge_layers(below, {"table": {"type": "B"}}, catalog=True) == {"table": {"type": "B"}}


def test_an_environment_that_is_not_there_is_named_with_those_that_are(tmp_path):
    write(tmp_path, base__parameters="seed: 1", paper__parameters="seed: 2")
    with pytest.raises(ConfigurationError, match="no environment 'papr'; conf/ has base, paper"):
        load(tmp_path, "papr")


def test_a_file_that_is_not_yaml_is_named_in_one_line(tmp_path):
    write(tmp_path, base__parameters="seed: [1")
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path)["parameters"]
    assert "conf/base/parameters.yml" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_a_key_that_stands_twice_in_a_layer_is_reported_with_both_files(tmp_path):
    write(tmp_path, base__parameters="seed: 1", base__parameters_voting="seed: 2")
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path)["parameters"]
    for text in ("parameters.yml", "parameters_voting.yml", "seed"):
        assert text in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_a_kind_without_a_file_is_missing(tmp_path):
    write(tmp_path, base__parameters="seed: 1")
    with pytest.raises(MissingConfigException):
        load(tmp_path)["catalog"]


def test_the_place_of_a_key_is_the_highest_file_that_has_it(tmp_path):
    write(
        tmp_path,
        base__parameters_voting="voting: {a: 1, b: 1, voters: [{name: x}]}",
        paper__parameters_voting="voting: {b: 2}",
        local__parameters="voting: {c: 2}",
    )
    loader = load(tmp_path, "paper", voting={"d": 1})
    assert loader.place_of("voting.a") == "conf/base/parameters_voting.yml"
    assert loader.place_of("voting.b") == "conf/paper/parameters_voting.yml"
    assert loader.place_of("voting.c") == "conf/local/parameters.yml"
    assert loader.place_of("voting.d") == "--params"
    assert loader.place_of("voting.voters.0.name") == "conf/base/parameters_voting.yml"


def test_a_key_that_stands_nowhere_is_placed_with_its_group(tmp_path):
    write(tmp_path, base__parameters="seed: 1", base__parameters_bench="bench: {a: 1}")
    assert load(tmp_path).place_of("bench.threshold") == "conf/base/parameters_bench.yml"
