import pytest

from libra_emo.configuration.check import check_parameters
from libra_emo.configuration.loader import ConfigurationError, LayeredConfigLoader

SHARED = """\
films: data/01_raw/films
seed: 7
executor: local
annotators: simulated
student: classical
max_rounds: 4
"""
VOTING = "voting: {voters: [{name: t, kind: cue, cue: text}], min_agreement: 1, threshold: 2}\n"


def error_of(tmp_path, shared=SHARED, voting=VOTING, local="", **params):
    """Return the message about a configuration, or None."""
    for name, text in {
        "base/parameters.yml": shared,
        "base/parameters_voting.yml": voting,
        "local/parameters.yml": local or "{}",
    }.items():
        path = tmp_path / "conf" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    loader = LayeredConfigLoader(str(tmp_path / "conf"), None, params, base_env="base")
    try:
        check_parameters(loader["parameters"], loader)
    except ConfigurationError as error:
        assert "\n" not in str(error)
        return str(error)
    return None


def test_a_configuration_without_fault_passes(tmp_path):
    assert error_of(tmp_path) is None


@pytest.mark.parametrize("executor", ["local", "local:4", "tcp://10.0.0.5:8786", "host:8786"])
def test_executors(tmp_path, executor):
    assert error_of(tmp_path, executor=executor) is None


@pytest.mark.parametrize(
    ("params", "line"),
    [
        ({"annotators": "peple"}, "must be 'simulated' or 'people', not 'peple'"),
        ({"student": "big"}, "must be 'classical' or 'multimodal', not 'big'"),
        ({"max_rounds": 0}, "must be greater than or equal to 1, not 0"),
        ({"seed": "x"}, "must be a valid integer, not 'x'"),
        ({"films": 3}, "must be a valid string, not 3"),
    ],
)
def test_what_is_not_allowed_is_reported_with_what_is(tmp_path, params, line):
    key = next(iter(params))
    assert error_of(tmp_path, **params) == f"--params: {key}: {line}"


def test_a_bad_executor_is_reported(tmp_path):
    for executor in ("local:0", "local:", "loacl", "tcp://"):
        line = error_of(tmp_path, executor=executor)
        assert line.startswith("--params: executor: must be local, local:<workers> or")


def test_an_unknown_group_names_the_one_that_was_meant(tmp_path):
    line = error_of(tmp_path, local="votng: {threshold: 1}")
    assert line == (
        "conf/local/parameters.yml: votng: there is no such parameter; did you mean voting?"
    )


def test_an_unknown_key_in_a_group(tmp_path):
    line = error_of(tmp_path, local="voting: {min_agrement: 2}")
    assert line == (
        "conf/local/parameters.yml: voting.min_agrement: there is no such parameter; "
        "did you mean min_agreement?"
    )


def test_an_unknown_key_in_a_list_of_a_group(tmp_path):
    line = error_of(tmp_path, voting="voting: {voters: [{name: t, kind: cue, cue: text, ceu: 1}]}")
    assert line == (
        "conf/base/parameters_voting.yml: voting.voters.0.ceu: there is no such parameter; "
        "did you mean cue?"
    )


def test_a_voter_that_does_not_exist(tmp_path):
    line = error_of(tmp_path, voting="voting: {voters: [{name: t, kind: cue, cue: smell}]}")
    assert line.startswith("conf/base/parameters_voting.yml: voting.voters.0.cue: ")
    assert "smell" in line
    assert "text, face, voice" in line


def test_a_threshold_above_the_annotators_is_reported_with_the_file_that_set_it_last(tmp_path):
    base = error_of(tmp_path, voting=VOTING.replace("threshold: 2", "threshold: 5"))
    assert base.startswith("conf/base/parameters_voting.yml: voting.threshold: ")
    assert "threshold 5 is above annotators_per_clip 4" in base
    local = error_of(tmp_path, local="voting: {annotators_per_clip: 1}")
    assert local.startswith("conf/local/parameters.yml: voting.annotators_per_clip: ")


def test_a_shared_parameter_that_is_missing(tmp_path):
    line = error_of(tmp_path, shared=SHARED.replace("seed: 7\n", ""))
    assert line.endswith("seed: is missing")


def test_a_group_that_is_no_mapping(tmp_path):
    assert error_of(tmp_path, voting="voting: 3\n").startswith(
        "conf/base/parameters_voting.yml: voting: "
    )


@pytest.mark.parametrize(
    ("options", "key", "line"),
    [
        ("writer: gemini", "writer", "must be cues, or name, kind: llm and model of the model"),
        ("writer: {name: w, kind: llm}", "writer", "writer 'w' is of kind llm and needs `model`"),
        ("writer: {name: w, kind: llm, model: m}", "writer", "`model` lacks its provider"),
        ("writer: {name: w, kind: llm, modle: a/b}", "writer.modle", "did you mean model?"),
        ("writer: {name: w, kind: student}", "writer", "of kind student and needs `path`"),
        ("writer: {name: w, kind: student, path: m, model: a/b}", "writer", "`model` belong"),
        ("writer: {name: w, kind: llm, model: a/b, path: m}", "writer", "belong to kind student"),
        ("writer: {name: w, kind: cues, model: a/b}", "writer", "`model` belong to kind llm"),
        (
            "writer: {name: w, kind: llm, model: a/b, modalities: [smell]}",
            "writer.modalities",
            "'smell' is no modality; use letters of VAT",
        ),
        (
            "writer: {name: w, kind: llm, model: a/b, parameters: {api_key: sk-marked}}",
            "writer.parameters",
            "keys go into `llm_keys` in conf/local/credentials.yml",
        ),
        ("language: klingon", "language", "must be the code or the name of a language"),
        ("max_attempts: 0", "max_attempts", "must be greater than or equal to 1, not 0"),
        ("max_cost_usd: -1", "max_cost_usd", "must be greater than or equal to 0, not -1"),
        ("min_characters: 900", "min_characters", "max_characters is below min_characters"),
    ],
)
def test_wrong_options_of_explanations(tmp_path, options, key, line):
    found = error_of(tmp_path, local=f"explanation: {{{options}}}")
    assert found.startswith(f"conf/local/parameters.yml: explanation.{key}: "), found
    assert line in found and "marked" not in found


def test_a_writer_by_its_name_and_as_a_voter_is_given(tmp_path):
    assert error_of(tmp_path, local="explanation: {writer: cues}") is None
    writer = "{name: w, kind: llm, model: a/b, modalities: [text]}"
    assert error_of(tmp_path, local=f"explanation: {{writer: {writer}, language: Chinese}}") is None
