import yaml

from libra_emo.configuration.lock_file import (
    digest_lock,
    find_removed_rounds,
    read_lock,
    read_recorded,
    remove_stages,
    write_stage,
)


def stage(**parameters):
    return {"cmd": "kedro run", "params": {"configuration.yml": parameters}}


STAGES = {
    "preprocessing": stage(films_digest="abc", seed=1),
    "label_round@1": stage(**{"votes.round_1": "def"}),
    "label_round@2": stage(),
    "own": {"cmd": "make own"},
}


def write(project, stages=STAGES):
    (project / "dvc.lock").write_text(yaml.safe_dump({"schema": "2.0", "stages": stages}))


def test_a_recorded_parameter_is_found_whatever_stage_has_it(tmp_path):
    assert read_recorded("films_digest", tmp_path) == ""
    write(tmp_path)
    assert read_recorded("films_digest", tmp_path) == "abc"
    assert read_recorded("votes.round_1", tmp_path) == "def"
    assert read_recorded("votes.round_2", tmp_path) == ""


def test_only_rounds_that_dvc_yaml_lacks_are_removed(tmp_path):
    write(tmp_path)
    known = ["preprocessing", "label_round@0", "label_round@1"]
    assert list(find_removed_rounds(known, tmp_path)) == ["label_round@2"]
    remove_stages(["label_round@2"], tmp_path)
    assert set(read_lock(tmp_path)["stages"]) == {"preprocessing", "label_round@1", "own"}
    assert read_lock(tmp_path)["schema"] == "2.0"
    before = (tmp_path / "dvc.lock").stat().st_mtime_ns
    remove_stages(["label_round@2"], tmp_path)
    assert (tmp_path / "dvc.lock").stat().st_mtime_ns == before


def test_a_lock_that_cannot_be_read_has_recorded_nothing(tmp_path):
    assert digest_lock(tmp_path) == ""
    (tmp_path / "dvc.lock").write_text("<<<<<<< HEAD\na: [")
    assert read_lock(tmp_path) == {}
    assert digest_lock(tmp_path) != ""


def test_a_stage_is_written_beside_the_others_unless_it_is_there_already(tmp_path):
    write_stage("voting", stage(seed=1), tmp_path)
    assert read_lock(tmp_path) == {"schema": "2.0", "stages": {"voting": stage(seed=1)}}
    write(tmp_path)
    write_stage("label_round@1", stage(seed=2), tmp_path)
    assert read_lock(tmp_path)["stages"] == {**STAGES, "label_round@1": stage(seed=2)}
    before = (tmp_path / "dvc.lock").stat().st_mtime_ns
    write_stage("label_round@1", stage(seed=2), tmp_path)
    assert (tmp_path / "dvc.lock").stat().st_mtime_ns == before
