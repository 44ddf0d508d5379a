from libra_emo.configuration import requirements
from libra_emo.configuration.requirements import RequirementsMissing, check_requirements
from libra_emo.llm.request.keys import Keys

EVERYTHING = {"preprocessing", "voting", "active_learning", "training", "evaluation"}
KEYS = {
    "gemini/g": ["GOOGLE_API_KEY", "GEMINI_API_KEY"],
    "openai/o": ["OPENAI_API_KEY"],
    "azure/a": ["AZURE_API_KEY", "AZURE_API_BASE"],
}


def lacking(tmp_path, groups=EVERYTHING, keys=None, place_of=None, **parameters):
    (tmp_path / "films").mkdir(exist_ok=True)
    (tmp_path / "films" / "a.mp4").touch()
    merged = {"films": "films", "annotators": "simulated", "student": "classical", **parameters}
    try:
        check_requirements(merged, groups, tmp_path, lambda m: KEYS.get(m, []), keys, place_of)
    except RequirementsMissing as error:
        assert "\n" not in str(error)
        return str(error)
    return None


def voters(*models, **more):
    return {"voters": [{"name": m, "kind": "llm", "model": m, **more} for m in models]}


def test_cue_voters_and_the_classical_student_need_nothing(tmp_path):
    voting = {"voters": [{"name": "t", "kind": "cue", "cue": "text"}], "max_cost_usd": 0}
    assert lacking(tmp_path, voting=voting) is None


def test_all_that_is_lacking_stands_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(requirements, "TRAINING_PACKAGES", ("no_such_package", "json"))
    line = lacking(
        tmp_path,
        films="elsewhere",
        student="multimodal",
        voting=voters("gemini/g", "openai/o"),
    )
    assert line.count("; ") == 4
    for part in (
        "films in elsewhere (`films`)",
        "GEMINI_API_KEY or GOOGLE_API_KEY (for gemini/g)",
        "OPENAI_API_KEY (for openai/o)",
        "`voting.max_cost_usd` is 0",
        "no_such_package (install the extra",
    ):
        assert part in line


def test_every_variable_is_named_where_all_are_needed(tmp_path):
    line = lacking(tmp_path, voting={**voters("azure/a"), "max_cost_usd": 1})
    assert "AZURE_API_KEY (for" in line
    assert "AZURE_API_BASE (for" in line


def test_a_server_of_ones_own_needs_neither_key_nor_ceiling(tmp_path):
    voting = voters("openai/o", api_base="http://127.0.0.1:8000/v1")
    assert lacking(tmp_path, voting=voting) is None


def test_what_the_run_does_not_read_is_not_asked_for(tmp_path):
    more = {"student": "multimodal", "films": "elsewhere", "voting": voters("openai/o")}
    assert lacking(tmp_path, groups={"bench"}, **more) is None


def test_models_to_judge_are_found_too(tmp_path):
    models = {"models": [{"name": "judge", "model": "openai/o"}], "max_cost_usd": 1}
    assert "OPENAI_API_KEY (for judge)" in lacking(tmp_path, evaluation=models)


def test_the_samples_own_folder_may_be_missing_and_another_one_not(tmp_path):
    assert lacking(tmp_path, films="data/01_raw/films") is None
    assert "films in slip/of/the/pen" in lacking(tmp_path, films="slip/of/the/pen")


def test_an_empty_folder_is_for_the_sample_unless_people_are_asked(tmp_path):
    (tmp_path / "empty").mkdir()
    assert lacking(tmp_path, films="empty") is None
    assert "films in empty" in lacking(tmp_path, films="empty", annotators="people")


def test_litellm_knows_the_keys_of_the_papers_voters(monkeypatch):
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert requirements.ask_litellm("openai/gpt-4o-2024-11-20") == ["OPENAI_API_KEY"]
    monkeypatch.setenv("ANTHROPIC_API_KEY", "x")
    assert requirements.ask_litellm("anthropic/claude-sonnet-4-6") == []


def test_keys_of_the_credentials_stand_in_for_the_environments(tmp_path):
    voting = {**voters("gemini/g", "openai/o", "azure/a"), "max_cost_usd": 1}
    keys = Keys({"gemini/g": "by the voter's name", "OPENAI_API_KEY": "by the provider's"})
    line = lacking(tmp_path, voting=voting, keys=keys)
    assert "GEMINI" not in line and "OPENAI" not in line and "AZURE_API_KEY" in line
    assert "`llm_keys` of conf/local/credentials.yml" in line
    assert "name" not in line and "provider's" not in line
    azure = {**voters("azure/a"), "max_cost_usd": 1}
    line = lacking(tmp_path, voting=azure, keys=Keys({"azure/a": "k"}))
    assert "AZURE_API_BASE" in line and "AZURE_API_KEY" not in line, "an address is no key"


def test_the_writer_of_explanations_needs_a_key_and_a_ceiling(tmp_path):
    writer = {"name": "w", "kind": "llm", "model": "openai/o"}
    options = {"writer": writer, "max_cost_usd": 0}
    line = lacking(
        tmp_path, groups={"explanation"}, explanation=options, place_of=lambda key: f"<{key}>"
    )
    assert "OPENAI_API_KEY (for w)" in line
    assert "`explanation.max_cost_usd` is 0 in <explanation.max_cost_usd>" in line
    assert lacking(tmp_path, groups={"explanation"}, explanation={"writer": "cues"}) is None
