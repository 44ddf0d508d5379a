import json

from libra_emo.students.multimodal.training import checkpoints


def write(run, step, whole=True):
    folder = run / f"checkpoint-{step}"
    (folder / "global_step").mkdir(parents=True)
    (folder / "weights.bin").write_bytes(b"x" * step)
    (folder / "global_step/state.bin").write_bytes(b"y")
    if whole:
        checkpoints.mark_whole(folder)
    return folder


def test_only_whole_checkpoints_count(tmp_path):
    write(tmp_path, 5)
    torn = write(tmp_path, 10, whole=False)
    assert checkpoints.last_whole(tmp_path).name == "checkpoint-5"
    checkpoints.remove_torn(tmp_path)
    assert not torn.exists()


def test_the_last_one_is_the_one_of_the_highest_step(tmp_path):
    for step in (100, 20, 3):
        write(tmp_path, step)
    assert checkpoints.last_whole(tmp_path).name == "checkpoint-100"


def test_a_file_that_is_gone_or_shorter_makes_it_torn(tmp_path):
    gone, shorter = write(tmp_path, 1), write(tmp_path, 2)
    (gone / "global_step/state.bin").unlink()
    (shorter / "weights.bin").write_bytes(b"x")
    assert checkpoints.last_whole(tmp_path) is None


def test_a_torn_marker_is_none(tmp_path):
    folder = write(tmp_path, 4)
    text = (folder / checkpoints.MARKER).read_text()
    assert set(json.loads(text)) == {"weights.bin", "global_step/state.bin"}
    (folder / checkpoints.MARKER).write_text(text[:-5])
    assert not checkpoints.is_whole(folder)


def test_the_best_and_the_last_stay(tmp_path):
    for step in (10, 20, 30, 40):
        write(tmp_path, step)
    checkpoints.prune(tmp_path, best_step=20)
    left = [folder.name for folder in checkpoints.whole_checkpoints(tmp_path)]
    assert left == ["checkpoint-20", "checkpoint-40"]
    checkpoints.prune(tmp_path, best_step=None)
    assert [f.name for f in checkpoints.whole_checkpoints(tmp_path)] == ["checkpoint-40"]
